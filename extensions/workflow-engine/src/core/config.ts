// The configuration of the engine. The manifest's schema gives the defaults and the units.
import { availableParallelism } from "node:os";
import type { JsonValue } from "@lathe/kernel";
import type { GuestLimits } from "@lathe/workflow-sandbox";

export interface EngineConfig {
  /** The agent of calls that name none. */
  readonly agent: string;
  /** Agents of one run at the same time. */
  readonly agentConcurrencyMax: number;
  /** Agents of all runs at the same time. */
  readonly agentConcurrencyTotalMax: number;
  /** Agents that one provider answers at the same time. */
  readonly providerConcurrencyMax: number;
  readonly agentCountMax: number;
  readonly runConcurrencyMax: number;
  readonly idleGuestCount: number;
  readonly schemaTryCountMax: number;
  readonly approvalTimeoutMs: number;
  /** Part of a token budget that is set aside for last words, 0 to 0.5. */
  readonly reserveFraction: number;
  /** What one agent is taken to use before anything is known of it. */
  readonly agentEstimateTokens: number;
  /** How long an answer is kept for other runs; after that pruning removes it. */
  readonly cacheKeepMs: number;
  readonly warnAgentCount: number;
  readonly warnTokens: number;
  readonly nullStopsPipeline: boolean;
  readonly prices: Readonly<Record<string, ModelPrice>>;
  readonly limits: Partial<GuestLimits>;
  /** Absolute path of the folder of runs that name none; null = they must name one. */
  readonly runCwd: string | null;
}

/** USD per million tokens. */
export interface ModelPrice {
  readonly input: number;
  readonly output: number;
  readonly cacheRead?: number;
  readonly cacheWrite?: number;
}

/** `value` is what the host has checked against the manifest's schema. */
export function readConfig(value: JsonValue): EngineConfig {
  const config = value as unknown as Omit<EngineConfig, "agentConcurrencyMax"> & {
    readonly agentConcurrencyMax: number | null;
  };
  return { ...config, agentConcurrencyMax: config.agentConcurrencyMax ?? usualConcurrency() };
}

/** As many as scripts of this format are used to: up to 16, two processors left to others, and never fewer than two. */
function usualConcurrency(): number {
  return Math.max(2, Math.min(16, availableParallelism() - 2));
}
