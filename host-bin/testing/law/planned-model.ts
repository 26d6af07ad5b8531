// Answers a model server's requests as plans say. The message of a turn names its plan, so that many turns can run at once.
import { chatChunk, chatEnd, chatText } from "../chat-answers.ts";
import type { ModelAnswer, ModelRequest } from "../misbehaving-model-server.ts";
import type { AnswerPlan, CallKind, Refusal, TurnPlan } from "./turn-plans.ts";

/** The model waits, and everything that it said before can be seen. */
export interface QuietPoint {
  /** Text that it said last of all, and nowhere else. */
  readonly marker: string;
  /** True where the turn goes on only by being stopped. */
  readonly mustStop: boolean;
  goOn(): void;
}

/** The plan of one turn on its way. */
export class PlannedTurn {
  readonly key: string;
  readonly #answers: Iterator<ModelAnswer>;
  #reached = Promise.withResolvers<QuietPoint>();

  constructor(key: string, plan: TurnPlan) {
    this.key = key;
    // Where somebody stops the turn at any moment, nobody can be waited for.
    const isCompared = plan.stopAfter === null;
    const wait: Wait = (marker, mustStop) => this.#wait(marker, mustStop);
    this.#answers = answersOf(plan, { key, isCompared, wait });
  }

  next(): ModelAnswer {
    const { value, done } = this.#answers.next();
    return done === true ? { pieces: [chatText("The end."), chatEnd()] } : value;
  }

  /** Settles when the model waits. */
  quiet(): Promise<QuietPoint> {
    return this.#reached.promise;
  }

  #wait(marker: string, mustStop: boolean): Promise<void> {
    const going = Promise.withResolvers<void>();
    const goOn = (): void => {
      this.#reached = Promise.withResolvers();
      going.resolve();
    };
    this.#reached.resolve({ marker, mustStop, goOn });
    return going.promise;
  }
}

type Wait = (marker: string, mustStop: boolean) => Promise<void>;

/** Names the file in its working folder that a command of this text waits for; undefined = it waits for none. */
export function awaitedFile(argumentsText: string): string | undefined {
  return /go-ahead-[\w-]+/.exec(argumentsText)?.[0];
}

export class PlannedModel {
  readonly #turns = new Map<string, PlannedTurn>();
  #turnCount = 0;

  plan(plan: TurnPlan): PlannedTurn {
    this.#turnCount += 1;
    const turn = new PlannedTurn(`turn-${this.#turnCount}`, plan);
    this.#turns.set(turn.key, turn);
    return turn;
  }

  readonly answer = ({ body }: ModelRequest): ModelAnswer => {
    const { messages } = body as { readonly messages: readonly { role: string; content: unknown }[] };
    const asked = messages.findLast(({ role }) => role === "user");
    const turn = this.#turns.get(String(asked?.content));
    if (turn === undefined) throw new Error(`Nobody planned ${JSON.stringify(asked)}.`);
    return turn.next();
  };
}

interface Staging {
  readonly key: string;
  readonly isCompared: boolean;
  readonly wait: Wait;
}

function* answersOf(plan: TurnPlan, staging: Staging): Generator<ModelAnswer, void> {
  let number = 0;
  for (const answer of plan.answers) {
    for (const refusal of answer.refusals) yield refusals[refusal];
    number += 1;
    yield play(answer, number, staging);
    // Without a call the turn is over; with a broken connection or a refusal it may be, too.
    if (answer.calls.length === 0) return;
  }
}

const refusals: Readonly<Record<Refusal, ModelAnswer>> = {
  busy: { status: 503, pieces: ['{"error":{"message":"Busy."}}'] },
  "slow-down": {
    status: 429,
    headers: { "retry-after": "0" },
    pieces: ['{"error":{"message":"Slow down."}}'],
  },
  reset: { status: null, ending: "reset" },
  refused: { status: 400, pieces: ['{"error":{"message":"No."}}'] },
};

function play(answer: AnswerPlan, number: number, { key, isCompared, wait }: Staging): ModelAnswer {
  let markerCount = 0;
  const quiet = (mustStop: boolean): NonNullable<ModelAnswer["pieces"]> => {
    markerCount += 1;
    const marker = `<${key}.${number}.${markerCount}>`;
    return [chatText(` ${marker}. `), () => wait(marker, mustStop)];
  };
  const pieces = answer.pieces.flatMap((piece): NonNullable<ModelAnswer["pieces"]> => {
    if (piece.kind === "quiet") return isCompared ? quiet(false) : [];
    if (piece.kind === "pause") return [() => pause(piece.ms)];
    return [chatChunk(piece.kind === "text" ? { content: piece.text } : { reasoning_content: piece.text })];
  });
  const calls = answer.calls.flatMap((kind, index) =>
    callPieces(callOf(kind, `${key}-${number}-${index}`, isCompared), index),
  );
  const reason = answer.calls.length > 0 ? "tool_calls" : "stop";
  if (answer.ending === "cut") return { pieces: [...pieces, ...calls], ending: "cut" };
  if (answer.ending === "held" && isCompared) return { pieces: [...pieces, ...quiet(true)], ending: "hang" };
  return { pieces: [...pieces, ...calls, chatEnd(reason)] };
}

interface PlannedCall {
  readonly name: string;
  readonly argumentsText: string;
}

/** A call as it is written: who it is, then its arguments piece by piece. */
function callPieces({ name, argumentsText }: PlannedCall, index: number): NonNullable<ModelAnswer["pieces"]> {
  const half = Math.ceil(argumentsText.length / 2);
  const part = (delta: object): string => chatChunk({ tool_calls: [{ index, ...delta }] });
  return [
    part({ id: `call_${index}`, type: "function", function: { name, arguments: "" } }),
    part({ function: { arguments: argumentsText.slice(0, half) } }),
    () => pause(1),
    part({ function: { arguments: argumentsText.slice(half) } }),
  ];
}

function callOf(kind: CallKind, name: string, isCompared: boolean): PlannedCall {
  const call = (tool: string, input: object) => ({ name: tool, argumentsText: JSON.stringify(input) });
  switch (kind) {
    case "list":
      return call("list_files", { path: "." });
    case "read-nothing":
      return call("read_file", { path: `nothing-${name}` });
    case "command":
      return call("run_command", { command: `echo ${name}` });
    case "waiting-command":
      return call("run_command", { command: isCompared ? waiting(name) : `sleep 0.1; echo ${name}` });
    case "unknown":
      return call("no_such_tool", { name });
    case "broken":
      return { name: "list_files", argumentsText: '{"path": ' };
  }
}

function waiting(name: string): string {
  return `while [ ! -e go-ahead-${name} ]; do sleep 0.02; done`;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
