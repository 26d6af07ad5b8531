// A phase: a number of alike turns (or raw posts) whose cost is measured together.

export interface Phase {
  /** `posts` only sends the request of such a turn's first step and reads the answer, without an agent. */
  readonly kind: "turns" | "posts";
  /** A model name of the fake model server. */
  readonly model: string;
  /** Earlier messages in each conversation. */
  readonly historyCount: number;
  /** Turns under way at once. */
  readonly concurrency: number;
  /** Turns before the measurement begins. */
  readonly warmUpCount: number;
  /** Turns that are measured. */
  readonly count: number;
}

/** What a phase cost. Times are per turn. */
export interface PhaseCost {
  /** CPU of the whole process, user and system, all threads, in microseconds. */
  readonly cpuUs: number;
  readonly wallUs: number;
  /** Resident memory at the end of the phase. */
  readonly rssBytes: number;
  /** JavaScript heap that is still held after the phase and a full collection. */
  readonly heapUsedBytes: number;
}

/** The subject, the server and the phases that one child process measures, in this order. */
export interface Job {
  readonly subject: string;
  readonly baseUrl: string;
  readonly stateDir: string;
  /** Whether the tool is said to change something. */
  readonly toolChanges: boolean;
  readonly phases: Readonly<Record<string, Phase>>;
}

export type JobResult = Readonly<Record<string, PhaseCost>>;
