// What those who run scripts ask of the sandbox, and what it tells them. Nothing here says which engine runs a script:
// one that is no process of Node's could stand behind it.
import type { JsonObject, JsonValue, WorkflowDialect, WorkflowPhaseDeclaration } from "@lathe/kernel";

/** Reads scripts without running them. */
export interface ScriptCompiler {
  /** Never rejects for what the script holds. `name` is shown in errors, for example the file's name. */
  compile(source: string, name: string): Promise<Compiled>;
  /** Ends the process behind it. */
  close(): Promise<void>;
}

export type Compiled =
  | { readonly kind: "script"; readonly script: CompiledScript }
  | { readonly kind: "refused"; readonly error: ScriptError };

export interface CompiledScript {
  readonly dialect: WorkflowDialect;
  readonly meta: WorkflowMeta;
  /** What a guest evaluates; nothing else may look into it. Its shape: compile/code-shape.ts. */
  readonly code: string;
  /** SHA-256 of the source, hexadecimal. */
  readonly hash: string;
  readonly warnings: readonly ScriptWarning[];
}

export interface WorkflowMeta {
  readonly name: string;
  readonly description: string;
  readonly whenToUse?: string;
  readonly phases: readonly WorkflowPhaseDeclaration[];
  /** Every key of the metadata as it stands in the file, the known ones included. */
  readonly all: JsonObject;
}

export interface ScriptWarning {
  readonly message: string;
  /** Both from 1; columns count UTF-16 units. */
  readonly line: number;
  readonly column: number;
}

export interface ScriptError {
  readonly code:
    | "script-parse-error"
    | "script-refused"
    | "script-too-large"
    | "script-too-complex"
    | "invalid-meta"
    | "compiler-failed";
  /** Whole and ready to be shown: for a parse error `Script parse error: <message> (line:column)`, the line and a caret. */
  readonly message: string;
  /** Both from 1; columns count UTF-16 units. Null where it is about the whole file. */
  readonly line: number | null;
  readonly column: number | null;
}

/** Keeps locked-down processes ready, and runs each script in one that nothing else has used. */
export interface GuestPool {
  /** Waits where as many run as may; first in, first out. Aborting the signal ends the wait, or the script. */
  run(script: GuestScript, host: GuestHost, signal: AbortSignal): GuestRun;
  /** Begins to start the processes that are kept ready; without it that begins with the first run. */
  warm(): void;
  /** For those who look at the daemon. */
  readonly state: {
    readonly idleCount: number;
    readonly runningCount: number;
    readonly waitingCount: number;
  };
  /** Ends every process; runs in progress end as `killed` with the code `closed`. */
  close(): Promise<void>;
}

export interface GuestScript {
  readonly name: string;
  readonly dialect: WorkflowDialect;
  readonly code: string;
  /** Undefined = the caller gave none. */
  readonly args: JsonValue | undefined;
  readonly budget: GuestBudget;
  /** What `pipeline()` does with a stage that resolves to null: stop the item there (true), or flow on. */
  readonly nullStopsPipeline: boolean;
  /** Given where the script is run again from its beginning; absent = it has never run. */
  readonly replay?: GuestReplay;
  /** A script that has its process waits for this one, which therefore must not wait for one to be free; false where absent. */
  readonly isNested?: boolean;
}

/**
 * A script notices time only where it is told of it: with an answer, and when one of its timers is due. Replayed with the
 * answers that it was given, in their order and with their times, it does what it did. Its time stands still until
 * `GuestRun.goLive`, and goes on from `reachedMs` then.
 */
export interface GuestReplay {
  /** The latest time that an earlier process is known to have been told, in milliseconds from the script's beginning. */
  readonly reachedMs: number;
}

/** Tokens. `total` is null without a limit. */
export interface GuestBudget {
  readonly total: number | null;
  readonly spent: number;
}

/** Where a script's calls arrive. Everything in them has been checked and bounded; no method may throw. */
export interface GuestHost {
  call(call: GuestCall): void;
  phase(title: string): void;
  log(level: "info" | "warn" | "error", text: string): void;
  /** The script waits for the calls that are open, and does nothing else until one of them is answered. */
  waiting(): void;
  /**
   * It waits for the calls that are open, where there are any, or for a timer of its own: the next one is due at `dueMs` of its
   * time. Absent = nobody asks.
   */
  resting?(dueMs: number): void;
  /** It runs: it has a process. */
  started(): void;
}

/** Calls are counted from 0 in the order in which the script makes them. */
export type GuestCall =
  | {
      readonly kind: "agent";
      readonly index: number;
      readonly prompt: string;
      /** As the script gave them: an object, or empty. */
      readonly options: JsonObject;
      readonly phase: string | null;
      /** The shared budgets of the object form that it spends from, outermost first. */
      readonly budgets: readonly { readonly id: number; readonly tokens: number }[];
    }
  | {
      readonly kind: "workflow";
      readonly index: number;
      /** A name, or whatever else the script gave to say which. */
      readonly reference: JsonValue;
      readonly args: JsonValue | undefined;
      readonly phase: string | null;
    }
  | {
      readonly kind: "approve";
      readonly index: number;
      readonly question: string;
      readonly options: JsonObject;
    };

export interface GuestRun {
  /**
   * Answers a call, once. Nothing happens where the script has ended. `atMs` is the stamp that was taken for it; it is taken now
   * where absent.
   */
  answer(index: number, answer: GuestAnswer, atMs?: number): void;
  /**
   * The script's time of an answer that is about to be given, never earlier than what it was told. Until the answer is given
   * with it, no timer fires that is due later.
   */
  stamp(): number;
  /** The script's time as it was told last. */
  readonly toldMs: number;
  /** As `answer`, while the script is replayed, with the time of the record. */
  replay(index: number, answer: GuestAnswer, atMs: number): void;
  /** While it is replayed: so much time had passed, and what was due by then fires. */
  replayUntil(nowMs: number): void;
  /** Nothing is left to replay; told once. */
  goLive(): void;
  /** What `budget.spent()` says from now on. */
  spend(budget: GuestBudget): void;
  /** Settles when its process is gone. Never rejects. */
  readonly ended: Promise<GuestEnding>;
}

export type GuestAnswer =
  | { readonly kind: "value"; readonly value: JsonValue }
  /** Thrown in the script as a plain `{ name, message }`. */
  | { readonly kind: "error"; readonly name: string; readonly message: string };

export type GuestEnding =
  /** Undefined = the script returned nothing. */
  | { readonly kind: "returned"; readonly value: JsonValue | undefined; readonly usage: GuestUsage }
  | { readonly kind: "failed"; readonly failure: GuestFailure; readonly usage: GuestUsage }
  | { readonly kind: "aborted"; readonly usage: GuestUsage };

/** What the process took, as far as it was seen. */
export interface GuestUsage {
  readonly cpuMs: number;
  readonly memoryPeakBytes: number;
}

export interface GuestFailure {
  readonly code: /** It threw. `line` and `column` are those of the user's file, where they are known. */
    | "script-error"
    /** What it returned is no JSON, or too large. */
    | "invalid-result"
    /** It waits for something that can never happen. */
    | "never-ends"
    | "cpu-limit"
    | "memory-limit"
    | "time-limit"
    | "message-limit"
    /** What it sent is not what scripts can send: somebody tried to forge it. */
    | "protocol"
    | "crashed"
    | "could-not-start"
    | "closed";
  /** Safe to show; says what to do where something can be done. */
  readonly message: string;
  readonly line?: number;
  readonly column?: number;
  /** The name of the error that was thrown. */
  readonly errorName?: string;
}

/** Bounds of one script's process. Each has a default that suits scripts which start agents and compute little. */
export interface GuestLimits {
  /** Processor time. */
  readonly cpuMs: number;
  /** Everything that the process may allocate. */
  readonly memoryBytes: number;
  /** From its start to its end, waits for agents included. 0 = no limit. */
  readonly wallMs: number;
  readonly callCountMax: number;
  readonly waitingCallCountMax: number;
  readonly logLineCountMax: number;
  readonly logBytesMax: number;
  readonly promptBytesMax: number;
  readonly optionsBytesMax: number;
  readonly resultBytesMax: number;
  readonly messageCountMax: number;
  readonly messageBytesMax: number;
}
