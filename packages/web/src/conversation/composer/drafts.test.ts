import { expect, test, vi } from "vitest";
import { draftOf, giveBack } from "./drafts.ts";

/** What a browser keeps for a tab. */
function fakeStorage(): Map<string, string> {
  const kept = new Map<string, string>();
  vi.stubGlobal("sessionStorage", {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, text: string) => kept.set(name, text),
    removeItem: (name: string) => kept.delete(name),
  });
  return kept;
}

test("a draft is kept as it is typed, found again, and forgotten when it is sent", () => {
  const kept = fakeStorage();
  kept.set("lathe.draft.cnv_1", "from before the reload");
  const draft = draftOf("cnv_1");
  expect(draft.value).toBe("from before the reload");
  draft.value = "typed";
  expect([kept.get("lathe.draft.cnv_1"), draftOf("cnv_1")]).toEqual(["typed", draft]);
  draft.value = "";
  expect(kept.has("lathe.draft.cnv_1")).toBe(false);
});

test("a text that could not be sent comes back, before what was typed meanwhile, and not twice", () => {
  fakeStorage();
  giveBack("cnv_2", "unsent");
  expect(draftOf("cnv_2").value).toBe("unsent");
  giveBack("cnv_2", "unsent");
  expect(draftOf("cnv_2").value).toBe("unsent");
  draftOf("cnv_2").value = "typed meanwhile";
  giveBack("cnv_2", "unsent");
  expect(draftOf("cnv_2").value).toBe("unsent\n\ntyped meanwhile");
});

test("a browser that keeps nothing loses nothing but the reload", () => {
  vi.stubGlobal("sessionStorage", {
    getItem: () => {
      throw new Error("refused");
    },
    setItem: () => {
      throw new Error("full");
    },
  });
  const draft = draftOf("cnv_3");
  draft.value = "typed";
  expect(draftOf("cnv_3").value).toBe("typed");
});
