// What extensions contribute, one list per point, in order of name. A name is held by one extension at a time, also
// while the extension is not active yet; what it holds is seen from the moment it is.
import type { Contribution, Contributions, Release } from "@lathe/kernel";
import { DuplicateNameError } from "./errors.ts";

/** Is told when a listener of a change throws or rejects. */
export type ReportFailure = (extensionId: string, failure: unknown) => void;

export class ContributionLists {
  readonly #lists = new Map<string, ContributionList>();
  readonly #report: ReportFailure;

  constructor(report: ReportFailure) {
    this.#report = report;
  }

  list(point: string): ContributionList {
    const known = this.#lists.get(point);
    if (known !== undefined) return known;
    const list = new ContributionList(point, this.#report);
    this.#lists.set(point, list);
    return list;
  }

  show(extensionId: string): void {
    for (const list of this.#lists.values()) list.show(extensionId);
  }

  /** Takes back whatever the extension still contributes. */
  withdraw(extensionId: string): void {
    for (const list of this.#lists.values()) list.withdraw(extensionId);
  }
}

interface Held {
  readonly contribution: Contribution<unknown>;
  visible: boolean;
}

/** The contributions to one point. */
export class ContributionList {
  readonly #point: string;
  readonly #report: ReportFailure;
  readonly #held = new Map<string, Held>();
  readonly #listeners = new Set<() => void>();
  #all: readonly Contribution<unknown>[] = Object.freeze([]);

  constructor(point: string, report: ReportFailure) {
    this.#point = point;
    this.#report = report;
  }

  /** The visible ones by name. The same array until something changes. */
  all(): readonly Contribution<unknown>[] {
    return this.#all;
  }

  get(name: string): unknown {
    const held = this.#held.get(name);
    return held?.visible === true ? held.contribution.item : undefined;
  }

  /** Throws DuplicateNameError. */
  add(extensionId: string, name: string, item: unknown, visible: boolean): Release {
    const holder = this.#held.get(name)?.contribution.extensionId;
    if (holder !== undefined) throw new DuplicateNameError(extensionId, this.#point, name, holder);
    const held: Held = { contribution: Object.freeze({ name, extensionId, item }), visible };
    this.#held.set(name, held);
    if (visible) this.#changed();
    return () => {
      if (this.#held.get(name) !== held) return;
      this.#held.delete(name);
      if (held.visible) this.#changed();
    };
  }

  show(extensionId: string): void {
    const hidden = this.#of(extensionId).filter(({ visible }) => !visible);
    for (const held of hidden) held.visible = true;
    if (hidden.length > 0) this.#changed();
  }

  withdraw(extensionId: string): void {
    const mine = this.#of(extensionId);
    for (const { contribution } of mine) this.#held.delete(contribution.name);
    if (mine.some(({ visible }) => visible)) this.#changed();
  }

  listen(extensionId: string, listener: () => void): Release {
    const contained = (): void => callContained(listener, (failure) => this.#report(extensionId, failure));
    this.#listeners.add(contained);
    return () => {
      this.#listeners.delete(contained);
    };
  }

  #of(extensionId: string): Held[] {
    return [...this.#held.values()].filter(({ contribution }) => contribution.extensionId === extensionId);
  }

  #changed(): void {
    const visible = [...this.#held.values()].filter((held) => held.visible);
    this.#all = Object.freeze(visible.map(({ contribution }) => contribution).sort(byName));
    for (const listener of [...this.#listeners]) if (this.#listeners.has(listener)) listener();
  }
}

/** The list as its collector sees it; `keep` takes over the releases of its listeners. */
export function viewOf<T>(
  list: ContributionList,
  collectorId: string,
  keep: (release: Release) => Release,
): Contributions<T> {
  return Object.freeze({
    all: () => list.all() as readonly Contribution<T>[],
    get: (name: string) => list.get(name) as T | undefined,
    onChanged: (listener: () => void) => keep(list.listen(collectorId, listener)),
  });
}

// A listener may be an async function in spite of its type; what it rejects with must not end the process.
function callContained(listener: () => unknown, onFailure: (failure: unknown) => void): void {
  try {
    const answer = listener();
    if (answer instanceof Promise) answer.catch(onFailure);
  } catch (failure) {
    onFailure(failure);
  }
}

function byName(left: Contribution<unknown>, right: Contribution<unknown>): number {
  return left.name < right.name ? -1 : 1;
}
