// Finds out whether the store takes writes, by writing: only a commit knows of a full or broken disk.
import type { ClockPower, Storage } from "@lathe/kernel";

// Whoever may ask for readiness must not be able to keep the disk busy with it.
const validMs = 5_000;

export class StorageProbe {
  readonly #find: () => Storage | undefined;
  readonly #clock: ClockPower;
  #askedAtMs = Number.NEGATIVE_INFINITY;
  #answer: Promise<string | null> = Promise.resolve(null);

  constructor(find: () => Storage | undefined, clock: ClockPower) {
    this.#find = find;
    this.#clock = clock;
  }

  /** `null` = it takes writes; otherwise one sentence that says why not. At most 5 s old. Never rejects. */
  problem(): Promise<string | null> {
    const nowMs = this.#clock.monotonicMs();
    if (nowMs - this.#askedAtMs >= validMs) {
      this.#askedAtMs = nowMs;
      this.#answer = this.#write();
    }
    return this.#answer;
  }

  async #write(): Promise<string | null> {
    const storage = this.#find();
    if (storage === undefined) return "No active extension offers storage.";
    try {
      await storage.commit({ puts: [{ key: ["probe"], value: this.#clock.nowMs() }] });
      return null;
    } catch (failure) {
      return failure instanceof Error ? failure.message : "The store did not take a write.";
    }
  }
}
