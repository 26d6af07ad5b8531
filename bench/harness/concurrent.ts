// Runs one piece of work many times, a fixed number of them at once.

/** Settles after `count` runs; rejects with the first failure, after the runs under way have ended. */
export async function runConcurrently(
  count: number,
  concurrency: number,
  work: () => Promise<void>,
): Promise<void> {
  let startedCount = 0;
  const runUntilDone = async (): Promise<void> => {
    while (startedCount < count) {
      startedCount += 1;
      await work();
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: concurrency }, runUntilDone));
  const failed = ended.find((outcome) => outcome.status === "rejected");
  if (failed !== undefined) throw failed.reason;
}
