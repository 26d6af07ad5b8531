// What a model is sent after restores and in forks: the path to where the conversation stands, whatever was kept in memory.
import { createMemoryConversations, openMemoryStorage } from "@lathe/extension-kit/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Transcripts } from "./transcripts.ts";

type Act =
  | { readonly do: "turn" }
  | { readonly do: "restore"; readonly to: number }
  /** Goes on in a fork that is made at the end of this turn. */
  | { readonly do: "fork"; readonly at: number }
  | { readonly do: "read" };

const act: fc.Arbitrary<Act> = fc.oneof(
  { arbitrary: fc.constant<Act>({ do: "turn" }), weight: 3 },
  { arbitrary: fc.record({ do: fc.constant("restore" as const), to: fc.nat(20) }), weight: 2 },
  fc.record({ do: fc.constant("fork" as const), at: fc.nat(20) }),
  { arbitrary: fc.constant<Act>({ do: "read" }), weight: 2 },
);

/** A turn of the conversation: where it is sealed, and what a model is sent after it. */
interface ModelTurn {
  readonly turnId: string;
  readonly endSeq: number;
  readonly path: readonly string[];
}

test("after any turns, restores and forks, a transcript holds the turns that lead here, in their order", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(act, { maxLength: 18 }), fc.boolean(), async (acts, isKept) => {
      const conversations = createMemoryConversations(openMemoryStorage().namespace("agents"));
      const draft = { owner: "local", title: null, agent: "default", model: null, cwd: "/tmp" };
      let { id } = await conversations.create(draft);
      const transcripts = new Transcripts(conversations, isKept ? 1_000_000 : 0);
      const textsOf = async () => {
        const head = await conversations.get(id);
        const transcript = await transcripts.open(id, head?.lastSeq ?? 0);
        return transcript.forRequest().map(({ content }) => JSON.stringify(content));
      };
      let turns: readonly ModelTurn[] = [];
      let path: readonly string[] = [];
      let turnCount = 0;
      for (const next of acts) {
        if (next.do === "turn") {
          const turn = { conversationId: id, turnId: `trn_${turnCount}` };
          const content = [{ type: "text" as const, text: `turn ${turnCount++}` }];
          const sealed = await conversations.append(id, [
            { type: "user-message", ...turn, content },
            { type: "turn-sealed", ...turn },
          ]);
          path = [...path, JSON.stringify(content)];
          turns = [...turns, { turnId: turn.turnId, endSeq: sealed[1]?.seq ?? 0, path }];
        } else if (next.do === "read") expect(await textsOf()).toEqual(path);
        else {
          const to = turns[(next.do === "fork" ? next.at : next.to) % Math.max(1, turns.length)];
          if (to === undefined) continue;
          const { turnId, endSeq: toSeq } = to;
          if (next.do === "restore")
            await conversations.append(id, [{ type: "restored", conversationId: id, turnId, toSeq }]);
          else {
            ({ id } = await conversations.fork(id, toSeq, draft));
            turns = turns.filter(({ endSeq }) => endSeq <= toSeq);
          }
          path = to.path;
        }
      }
      expect(await textsOf()).toEqual(path);
    }),
    { numRuns: 300 },
  );
});
