// The provider `scripted`: decides who plays a request, the demo or a script, and on which stage.
import type {
  ModelInfo,
  Provider,
  ProviderContext,
  ProviderEvent,
  ProviderFailure,
  ProviderRequest,
  TimersPower,
} from "@lathe/kernel";
import { planDemoStep } from "./demo/plan-demo-step.ts";
import { type Pace, paceOf, spokenPace } from "./pace.ts";
import { playStep } from "./play-step.ts";
import { RecentMap } from "./recent-map.ts";
import { readRequest } from "./request-reading.ts";
import { type ParsedScript, parseScript, parseScriptText, type ScriptStep, stepOf } from "./script.ts";
import { TokenMeter } from "./token-meter.ts";

export interface ScriptedConfig {
  /** Usual time between two words of the demo. */
  readonly deltaDelayMs: number;
  /** Scripts that can be asked for as `scripted/NAME`. */
  readonly scripts: Readonly<Record<string, unknown>>;
}

/** What is to be played, or why nothing can be. */
type Part =
  | { readonly kind: "step"; readonly step: ScriptStep; readonly pace: Pace }
  | { readonly kind: "failure"; readonly failure: ProviderFailure };

const contextTokens = 128_000;
const attemptCountMax = 1_000;

export class ScriptedProvider implements Provider {
  readonly id = "scripted";
  readonly #timers: TimersPower;
  readonly #demoPace: Pace;
  readonly #scripts: ReadonlyMap<string, ParsedScript>;
  readonly #meter = new TokenMeter();
  readonly #attempts = new RecentMap<string, number>(attemptCountMax);

  constructor(config: ScriptedConfig, timers: TimersPower) {
    this.#timers = timers;
    this.#demoPace = spokenPace(config.deltaDelayMs);
    this.#scripts = new Map(
      Object.entries(config.scripts).map(([name, script]) => [name, parseScript(script)]),
    );
  }

  async models(): Promise<readonly ModelInfo[]> {
    const ids = new Set(["demo", "script", ...this.#scripts.keys()]);
    return [...ids].map((id) => ({ id, contextTokens, outputTokensMax: null }));
  }

  stream(request: ProviderRequest, { signal }: ProviderContext): AsyncIterable<readonly ProviderEvent[]> {
    const part = this.#partFor(request);
    if (part.kind === "failure") return failing(part.failure);
    return playStep(part.step, {
      timers: this.#timers,
      signal,
      pace: part.pace,
      prompt: this.#meter.measure(request),
      attempt: this.#countAttempt(request),
      callIdPrefix: `call_${request.messages.length}`,
    });
  }

  #partFor(request: ProviderRequest): Part {
    const reading = readRequest(request);
    if (request.model === "demo")
      return { kind: "step", step: planDemoStep(reading, request.tools), pace: this.#demoPace };
    const parsed =
      request.model === "script" ? parseScriptText(reading.words) : this.#scripts.get(request.model);
    if (parsed === undefined) return refused("model-not-found", unknownModel);
    if (parsed.kind === "broken") return refused("bad-request", parsed.problem);
    const step = stepOf(parsed.script, reading.stepIndex);
    if (typeof step === "string") return refused("bad-request", step);
    return { kind: "step", step, pace: paceOf(step) };
  }

  /** A transcript only grows, so that its length tells the steps of a conversation apart. */
  #countAttempt({ model, conversationId, messages }: ProviderRequest): number {
    const key = `${model}\n${conversationId}\n${messages.length}`;
    const attempt = (this.#attempts.get(key) ?? 0) + 1;
    this.#attempts.set(key, attempt);
    return attempt;
  }
}

const unknownModel =
  "The scripted provider has no such model. It has demo, script, and the names under scripts in its configuration.";

function refused(kind: "model-not-found" | "bad-request", message: string): Part {
  return {
    kind: "failure",
    failure: { kind, message, status: null, code: null, retryable: false, retryAfterMs: null },
  };
}

async function* failing(failure: ProviderFailure): AsyncGenerator<readonly ProviderEvent[]> {
  yield [{ type: "error", failure }];
}
