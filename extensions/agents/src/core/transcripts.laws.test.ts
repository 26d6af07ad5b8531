// What a model is sent after restores: the path to where the conversation stands, whatever was kept in memory.
import { createMemoryConversations, openMemoryStorage } from "@lathe/extension-kit/testing";
import type { DurableEvent } from "@lathe/kernel";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Transcripts } from "./transcripts.ts";

type Act =
  | { readonly do: "turn" }
  | { readonly do: "restore"; readonly to: number }
  | { readonly do: "read" };

const act: fc.Arbitrary<Act> = fc.oneof(
  fc.constant<Act>({ do: "turn" }),
  fc.record({ do: fc.constant("restore" as const), to: fc.nat(20) }),
  fc.constant<Act>({ do: "read" }),
);

test("after any turns and restores, a transcript holds the turns that lead here, in their order", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(act, { maxLength: 14 }), fc.boolean(), async (acts, isKept) => {
      const conversations = createMemoryConversations(openMemoryStorage().namespace("agents"));
      const draft = { owner: "local", title: null, agent: "default", model: null, cwd: "/tmp" };
      const { id } = await conversations.create(draft);
      const transcripts = new Transcripts(conversations, isKept ? 1_000_000 : 0);
      const textsOf = async () => {
        const head = await conversations.get(id);
        const transcript = await transcripts.open(id, head?.lastSeq ?? 0);
        return transcript.forRequest().map(({ content }) => JSON.stringify(content));
      };
      /** The path that each turn ends, as the model of what is right. */
      const paths: (readonly string[])[] = [];
      let path: readonly string[] = [];
      for (const next of acts) {
        const number = paths.length;
        if (next.do === "turn") {
          const turn = { conversationId: id, turnId: `trn_${number}` };
          const content = [{ type: "text" as const, text: `turn ${number}` }];
          const events: DurableEvent[] = [
            { type: "user-message", ...turn, content },
            { type: "turn-sealed", ...turn },
          ];
          await conversations.append(id, events);
          path = [...path, JSON.stringify(content)];
          paths.push(path);
        } else if (next.do === "restore" && number > 0) {
          const to = next.to % number;
          const restored = { conversationId: id, turnId: `trn_${to}`, toSeq: 1 };
          await conversations.append(id, [{ type: "restored", ...restored }]);
          path = paths[to] ?? [];
        } else if (next.do === "read") expect(await textsOf()).toEqual(path);
      }
      expect(await textsOf()).toEqual(path);
    }),
    { numRuns: 300 },
  );
});
