// Something that is read again and again for as long as it is shown: when somebody asks, and when the last reading said
// that there will be more.
//
// Invariants
//   R1  Readings never overlap. One that is asked for during another follows it.
//   R2  After stop() nothing begins, and what is under way is told to leave.

export interface Reading {
  /** Reads as soon as no other reading is under way. */
  now(): void;
  stop(): void;
}

/**
 * Begins with a reading at once. `read` answers in how many milliseconds to read again by itself, or null for never; what
 * it cannot read is its own to show, so it does not throw.
 */
export function startReading(read: (signal: AbortSignal) => Promise<number | null>): Reading {
  const leaving = new AbortController();
  let isReading = false;
  let isWanted = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function readOnce(): Promise<void> {
    clearTimeout(timer);
    isReading = true;
    isWanted = false;
    const againMs = await read(leaving.signal);
    isReading = false;
    if (leaving.signal.aborted) return;
    if (isWanted) void readOnce();
    else if (againMs !== null) timer = setTimeout(() => void readOnce(), againMs);
  }

  void readOnce();
  return {
    now: () => {
      if (isReading) isWanted = true;
      else if (!leaving.signal.aborted) void readOnce();
    },
    stop: () => {
      clearTimeout(timer);
      leaving.abort();
    },
  };
}
