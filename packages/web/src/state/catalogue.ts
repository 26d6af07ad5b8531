// What can be chosen: models and agents. Read when it is first needed, and again when it is asked for.
import type { OutputOf } from "@lathe/client";
import { agentsList, modelsList } from "@lathe/wire/operations";
import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { ask } from "./daemon.ts";

export type Models = OutputOf<typeof modelsList>;
export type Agents = OutputOf<typeof agentsList>;

const knownModels: Signal<Models | null> = signal(null);
const knownAgents: Signal<Agents | null> = signal(null);

/** Null until they were read. */
export const models: ReadonlySignal<Models | null> = knownModels;
export const agents: ReadonlySignal<Agents | null> = knownAgents;

/** Throws as the client does; what was known stays. */
export async function readCatalogue(): Promise<void> {
  const [newModels, newAgents] = await Promise.all([ask(modelsList, {}), ask(agentsList, {})]);
  knownModels.value = newModels;
  knownAgents.value = newAgents;
}
