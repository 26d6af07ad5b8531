// One conversation of many turns, and what the store holds before and after some of them.
//
// Task: `weigh`.

import { answerAsActor } from "../harness/actor.ts";
import { changingLookUp, prompt } from "../harness/conversation.ts";
import { benchConversation, openBench } from "../in-process.ts";
import { kindOf, kinds, type StoredKind } from "./kinds.ts";
import { watchStore } from "./watched-store.ts";

export interface Weighing {
  readonly stateDir: string;
  readonly modelUrl: string;
  readonly model: string;
  /** The turns of which it is told what they added, counted from 1, ascending. */
  readonly turns: readonly number[];
}

export type Added = Readonly<Record<StoredKind, number>>;

async function weigh({ stateDir, modelUrl, model, turns }: Weighing): Promise<readonly Added[]> {
  const store = watchStore();
  const tools = [changingLookUp];
  const bench = await openBench({ baseUrl: modelUrl, stateDir, tools, extra: [store.extension] });
  try {
    const { id } = await bench.conversations.create(benchConversation);
    const weighKinds = async (): Promise<Record<StoredKind, number>> => {
      await bench.settle();
      return sumKinds(await store.weigh());
    };
    const added: Added[] = [];
    for (let turn = 1; turn <= (turns.at(-1) ?? 0); turn += 1) {
      const before = turns.includes(turn) ? await weighKinds() : undefined;
      await bench.turnIn(id, { text: prompt, model });
      if (before !== undefined) added.push(difference(await weighKinds(), before));
    }
    return added;
  } finally {
    await bench.close();
  }
}

function sumKinds(weights: ReadonlyMap<string, number>): Record<StoredKind, number> {
  const sums = Object.fromEntries(kinds.map((kind) => [kind, 0])) as Record<StoredKind, number>;
  for (const [name, bytes] of weights) sums[kindOf(name)] += bytes;
  return sums;
}

function difference(after: Added, before: Added): Added {
  return Object.fromEntries(kinds.map((kind) => [kind, after[kind] - before[kind]])) as Added;
}

answerAsActor({ weigh });
