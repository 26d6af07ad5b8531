import type { Conversation } from "@lathe/kernel";
import { expect, test } from "vitest";
import { matches, merged } from "./search.ts";

test("all words are looked for, in any order, in the title and the agent's name, whatever their case and accents", () => {
  const conversation = { title: "Mend the Café's door", agent: "carpenter" };
  expect(["cafe", "door MEND", "carp door", "CAFÉ"].map((text) => matches(conversation, text))).toEqual(
    Array(4).fill(true),
  );
  expect(["window", "door window"].map((text) => matches(conversation, text))).toEqual([false, false]);
  expect(matches({ title: null, agent: "carpenter" }, "carpenter")).toBe(true);
});

test("what is held and what was found are one list: each once, by their last activity, as it is held", () => {
  const held = [conversation("b", 3, "now"), conversation("a", 1, "now")];
  const found = [conversation("b", 3, "then"), conversation("c", 2, "then")];
  expect(merged(held, found).map(({ id, title }) => [id, title])).toEqual([
    ["b", "now"],
    ["c", "then"],
    ["a", "now"],
  ]);
});

function conversation(id: string, lastActiveAtMs: number, title: string): Conversation {
  return { id, lastActiveAtMs, title } as Conversation;
}
