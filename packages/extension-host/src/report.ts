// The report, kept up to date: one line for each extension that was found.
import type { ExtensionState, Logger, Redactor } from "@lathe/kernel";
import type { Manifest } from "./manifest.ts";
import { type ReportLine, stateOf } from "./survey.ts";

export class Report {
  readonly #lines: readonly ReportLine[];
  readonly #logger: Logger;
  readonly #redactor: Redactor | undefined;
  /** The lines that have a place, by id: no two have the same. */
  readonly #standing: ReadonlyMap<string, ReportLine>;

  constructor(lines: readonly ReportLine[], logger: Logger, redactor: Redactor | undefined) {
    this.#lines = lines;
    this.#logger = logger;
    this.#redactor = redactor;
    const standing = lines.filter(({ state }) => state.kind === "missing");
    this.#standing = new Map(standing.map((line) => [line.state.id, line]));
  }

  /** By id; of those with one id the earlier found first. */
  states(): readonly ExtensionState[] {
    const states = this.#lines.map(({ state }) => state);
    return states.sort((left, right) => (left.id < right.id ? -1 : left.id > right.id ? 1 : 0));
  }

  /** The line of an extension that has a place. */
  line(id: string): ReportLine | undefined {
    return this.#standing.get(id);
  }

  /** Manifests of those that may get a place, in the order in which they were found. */
  standing(): readonly Manifest[] {
    return manifestsOf([...this.#standing.values()]);
  }

  disabled(): readonly Manifest[] {
    return manifestsOf(this.#lines.filter(({ state }) => state.kind === "disabled"));
  }

  refused(): readonly ExtensionState[] {
    return this.states().filter(({ kind }) => kind === "refused");
  }

  /** Changes the line of an extension that has a place, and logs it. */
  set(id: string, kind: ExtensionState["kind"], reason: string | null, activationMs?: number): void {
    const line = this.#standing.get(id);
    if (line === undefined || line.manifest === null) return;
    line.state = stateOf(line.manifest, kind, this.#shown(reason), activationMs);
    this.tell(line.state);
  }

  /** The reason is often what an extension threw, with whatever that says. */
  #shown(reason: string | null): string | null {
    try {
      return reason === null ? null : (this.#redactor?.text(reason) ?? reason);
    } catch {
      return "The reason cannot be shown: it could not be searched for secrets.";
    }
  }

  tell({ id, kind, reason }: ExtensionState): void {
    const attributes = { extension: id, kind };
    if (reason === null) this.#logger.log("debug", `${id} is active.`, attributes);
    else this.#logger.log("error", reason, attributes);
  }

  /** Warns of names, such as a configuration holds, that belong to no extension that was found. */
  warnOfStrangers(names: readonly string[]): void {
    const known = new Set(this.#lines.flatMap(({ found, state }) => [found.folder, state.id]));
    for (const name of names.filter((one) => !known.has(one))) {
      const sentence = `The configuration names the extension ${name}, which was not found. Correct or remove it.`;
      this.#logger.log("warn", sentence, { extension: name });
    }
  }
}

function manifestsOf(lines: readonly ReportLine[]): readonly Manifest[] {
  return lines.flatMap(({ manifest }) => (manifest === null ? [] : [manifest]));
}
