// What folders hold, each as one text that is the same as long as nothing in it has changed: an agent that reads files
// answers about these.

/** Undefined = it cannot be told. Never rejects. */
export type ReadFolderState = (cwd: string) => Promise<string | undefined>;

interface Reading {
  readonly now: Promise<string | undefined>;
  /** Of everybody who came after `now` had begun, and may not be told what was read before. */
  next: Promise<string | undefined> | undefined;
}

export class FolderStates {
  readonly #read: ReadFolderState;
  readonly #readings = new Map<string, Reading>();
  #unknownCount = 0;

  constructor(read: ReadFolderState) {
    this.#read = read;
  }

  /** As of now or later. Another one each time where it cannot be told. However many ask at once, two are read. */
  async of(cwd: string): Promise<string> {
    const state = await this.#shared(cwd);
    if (state !== undefined) return state;
    this.#unknownCount += 1;
    return `unknown ${this.#unknownCount}`;
  }

  #shared(cwd: string): Promise<string | undefined> {
    const reading = this.#readings.get(cwd);
    if (reading === undefined) return this.#begin(cwd);
    reading.next ??= reading.now.then(() => this.#begin(cwd));
    return reading.next;
  }

  #begin(cwd: string): Promise<string | undefined> {
    const reading: Reading = { now: this.#read(cwd), next: undefined };
    this.#readings.set(cwd, reading);
    void reading.now.then(() => {
      if (reading.next === undefined) this.#readings.delete(cwd);
    });
    return reading.now;
  }
}
