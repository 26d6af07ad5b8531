import type { Conversation } from "@lathe/kernel";
import { expect, test } from "vitest";
import { comparisonsFor } from "./comparison-choices.ts";
import type { View } from "./places.ts";

function conversation(id: string, origin?: string): Conversation {
  const forkedFrom = origin === undefined ? null : { conversationId: origin, seq: 5 };
  return { id, title: `Title of ${id}`, forkedFrom } as Conversation;
}

const listed = [conversation("fork", "origin"), conversation("origin"), conversation("third")];
const at = (id: string): View => ({ main: { kind: "conversation", id }, beside: [] });
const labels = (view: View, query = ""): readonly string[] =>
  comparisonsFor(view, listed, query).map(({ label }) => label);

test("a fork can be compared with its origin, which stands first", () => {
  expect(comparisonsFor(at("fork"), listed, "")).toEqual([
    { label: "Compare with its origin", place: { kind: "compare", one: "origin", other: "fork" } },
  ]);
  expect(labels({ main: { kind: "timeline", conversationId: "fork" }, beside: [] })).toEqual([
    "Compare with its origin",
  ]);
});

test("any other is offered where comparing is asked for, and no conversation beside itself", () => {
  expect(labels(at("third"))).toEqual([]);
  expect(labels(at("third"), "comp")).toEqual([
    "Compare with: Title of fork",
    "Compare with: Title of origin",
  ]);
  expect(labels(at("fork"), "Compare")).toEqual(["Compare with its origin", "Compare with: Title of third"]);
});

test("two that stand side by side can be compared; where no conversation is shown, none can", () => {
  const both: View = {
    main: { kind: "conversation", id: "third" },
    beside: [{ kind: "conversation", id: "x" }],
  };
  expect(comparisonsFor(both, listed, "").map(({ place }) => place)).toEqual([
    { kind: "compare", one: "third", other: "x" },
  ]);
  expect(labels({ main: { kind: "runs" }, beside: [] }, "compare")).toEqual([]);
});
