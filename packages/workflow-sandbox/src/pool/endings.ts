import type { GuestFailure } from "../contract.ts";

/** How a process ended by itself. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** What it wrote to its error output, the beginning. */
  readonly errorText: string;
}

const memoryWords =
  /heap out of memory|out of memory|Allocation failed|OOM|Cannot allocate memory|bad_alloc|Failed to reserve|invalid (?:array|string|table) (?:length|size)/u;

/** Why a guest that said nothing is gone. In a namespace an abort looks like any crash, so its last words decide. */
export function failureOfExit({ code, signal, errorText }: Exit): GuestFailure {
  if (memoryWords.test(errorText)) {
    return {
      code: "memory-limit",
      message:
        "The script ran out of memory. Keep less at once, or raise the memory limit of workflow scripts.",
    };
  }
  if (signal === "SIGXCPU") return { code: "cpu-limit", message: cpuMessage };
  const how = signal === null ? `the code ${code}` : `the signal ${signal}`;
  return {
    code: "crashed",
    message: `The process of the script ended with ${how} before the script did. What it computes may be more than its memory or its stack can hold.`,
  };
}

const cpuMessage =
  "The script used all the processor time that it may use. Look for a loop that does not end, or raise the limit.";

export function cpuLimitFailure(): GuestFailure {
  return { code: "cpu-limit", message: cpuMessage };
}

export function memoryLimitFailure(memoryBytes: number): GuestFailure {
  const mebibytes = Math.round(memoryBytes / 1024 ** 2);
  return {
    code: "memory-limit",
    message: `The script used more than ${mebibytes} MiB of memory. Keep less at once, or raise the limit.`,
  };
}

export function timeLimitFailure(wallMs: number): GuestFailure {
  return {
    code: "time-limit",
    message: `The script ran longer than ${wallMs} ms, waits for agents included. Raise the limit, or do less.`,
  };
}

export function messageLimitFailure(): GuestFailure {
  return {
    code: "message-limit",
    message: "The script sent more, or more messages, than a script may. Send smaller prompts, or fewer.",
  };
}

export function protocolFailure(why: string): GuestFailure {
  return {
    code: "protocol",
    message: `The process of the script sent ${why}, which no script can do by the functions that it is given. It was ended.`,
  };
}

export function closedFailure(): GuestFailure {
  return { code: "closed", message: "The daemon is closing, so the script was ended." };
}

export function couldNotStartFailure(why: string): GuestFailure {
  return { code: "could-not-start", message: `No process could be started for the script: ${why}` };
}
