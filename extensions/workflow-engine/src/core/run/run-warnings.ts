// What the engine says of a script that may not do what was meant. Each once in an execution: what scripts do wrong they
// do in many calls.
import { tokensOf, type Usage } from "@lathe/kernel";
import type { EngineConfig } from "../config.ts";
import type { Team } from "./team.ts";

export interface RunWarningsDesk {
  readonly team: Team;
  readonly config: Pick<EngineConfig, "warnAgentCount" | "warnTokens" | "agentCountMax">;
  readonly say: (text: string) => void;
}

export class RunWarnings {
  readonly #desk: RunWarningsDesk;
  readonly #said = new Set<string>();

  constructor(desk: RunWarningsDesk) {
    this.#desk = desk;
  }

  ofOptions(texts: readonly string[]): void {
    for (const text of texts) {
      if (this.#said.has(text)) continue;
      this.#said.add(text);
      this.#desk.say(text);
    }
  }

  /** Called before an agent is counted: whoever did not mean to start so many can still stop it. */
  ofMany(): void {
    const { team, config, say } = this.#desk;
    const { warnAgentCount, agentCountMax } = config;
    if (team.agentCount + 1 === warnAgentCount)
      say(`This run has started ${warnAgentCount} agents. It may start ${agentCountMax} in all.`);
  }

  /** Called when an agent is over: before the tokens are all spent. */
  ofTokens(usage: Usage | null): void {
    const { team, config, say } = this.#desk;
    const tokens = team.settleAgent(usage === null ? 0 : tokensOf(usage), config.warnTokens);
    if (tokens === undefined) return;
    say(`The ${team.agentCount} agents that this run has started are about to use ${tokens} tokens in all.`);
  }
}
