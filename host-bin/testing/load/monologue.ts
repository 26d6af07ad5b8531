// One long answer of a model in numbered pieces, and how long each of them takes to those who listen.
import { chatText } from "../chat-answers.ts";
import { until } from "./load-stage.ts";
import type { Witness } from "./witness.ts";

export interface Latency {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

export interface Manner {
  /** How often a piece is said; where absent, as fast as the listeners hear it. */
  readonly everyMs?: number | undefined;
  /** So many pieces may be on their way to the slowest of the listeners. */
  readonly aheadCountMax?: number;
  /** Text before the number of each piece. */
  readonly filling?: string;
}

export class Monologue {
  /** For a model server to play. */
  readonly pieces: readonly (string | (() => Promise<void>))[];
  readonly #saidAtMs: number[] = [];
  readonly #latenciesMs: number[] = [];

  constructor(count: number, listeners: readonly Witness[], manner: Manner = {}) {
    const { everyMs, aheadCountMax = 8, filling = "" } = manner;
    const heard = listeners.map(() => -1);
    listeners.forEach((listener, index) => {
      listener.onEvent = (json) => {
        heard[index] = this.#hear(json) ?? heard[index] ?? -1;
      };
    });
    const follow = (at: number): Promise<void> =>
      until(
        () => listeners.every(({ isClosed }, index) => isClosed || (heard[index] ?? -1) >= at),
        "the listeners",
      );
    const startedAtMs = performance.now();
    const said = Array.from({ length: count }, (_, at) => [
      async (): Promise<void> => {
        if (everyMs === undefined) await follow(at - aheadCountMax);
        else await until(() => performance.now() - startedAtMs >= at * everyMs, "the next piece");
        this.#saidAtMs[at] = performance.now();
      },
      chatText(`${filling}#${at} `),
    ]).flat();
    // What comes at the end is large, and must not meet what is still on its way.
    this.pieces = [...said, () => follow(count - 1)];
  }

  /** From the moment at which a piece is said to the moments at which it is heard. */
  get latencyMs(): Latency {
    return latencyOf(this.#latenciesMs);
  }

  /** The last number in it. */
  #hear(json: string): number | undefined {
    if (!json.startsWith('{"type":"text-delta"') && !json.includes('"type":"text-delta"')) return undefined;
    const end = json.lastIndexOf(" ");
    const begin = json.lastIndexOf("#", end);
    if (begin === -1) return undefined;
    const number = Number(json.slice(begin + 1, end));
    const saidAtMs = this.#saidAtMs[number];
    if (saidAtMs !== undefined) this.#latenciesMs.push(performance.now() - saidAtMs);
    return number;
  }
}

export function latencyOf(timesMs: readonly number[]): Latency {
  const sorted = timesMs.toSorted((one, other) => one - other);
  const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN;
  return { p50: at(0.5), p99: at(0.99), max: at(1) };
}
