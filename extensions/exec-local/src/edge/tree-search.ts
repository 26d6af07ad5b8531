import { type ProcessRow, selectTree, type Tree } from "../core/process-tree.ts";
import { isMarked, readProcess, readProcessesSince, signalGroup, signalProcess } from "./process-table.ts";

export interface Leader {
  readonly pid: number;
  readonly startTicks: number;
  /** `NAME=value`, as the environment of every process of the command holds it, or what it begins with. */
  readonly marker: string;
  /** The system keeps its number for it: it runs, or nobody was told yet that it does not. */
  isHeld(): boolean;
}

// A process that is becoming another program shows no environment for a moment: it is asked again.
const unclearLookCountMax = 3;

/** Looks at the process table again and again, and remembers who was found to belong. */
export class TreeSearch {
  readonly #leader: Leader;
  readonly #known = new Map<number, number>();
  readonly #told = new Set<string>();
  readonly #strangers = new Set<string>();
  readonly #unclear = new Map<string, number>();
  #adopters: ReadonlySet<number> | undefined;
  #groupTold = false;
  #lookCount = 0;
  #emptyLookCount = 0;

  constructor(leader: Leader) {
    this.#leader = leader;
  }

  /** Two looks in a row found nothing. */
  get isOver(): boolean {
    return this.#emptyLookCount >= 2;
  }

  /**
   * What belongs and can still run; undefined where the table could not be read, which is no proof of absence.
   * With `onSight` a process with the marker gets that signal at once, before the look goes on.
   */
  async look(onSight?: "SIGKILL"): Promise<Tree | undefined> {
    const leaderHeld = this.#lookCount++ === 0 || this.#leader.isHeld();
    try {
      const rows: ProcessRow[] = [];
      const answers = new Map<ProcessRow, boolean | undefined>();
      for await (const batch of readProcessesSince(this.#leader.startTicks)) {
        rows.push(...batch);
        await Promise.all(batch.map((row) => this.#ask(row, answers, onSight)));
      }
      return this.#conclude(rows, answers, leaderHeld);
    } catch {
      this.#emptyLookCount = 0;
      return undefined;
    }
  }

  /** Signals whom no signal was sent before: to some programs a second SIGTERM means "at once". */
  signalNew(tree: Tree | undefined, signal: "SIGTERM"): void {
    const tellGroup = !this.#groupTold && this.#isGroupHeld(tree);
    if (tellGroup) signalGroup(this.#leader.pid, signal);
    this.#groupTold ||= tellGroup;
    for (const member of tree?.members ?? []) {
      const toldByGroup = tellGroup && member.groupId === this.#leader.pid;
      if (!toldByGroup && !this.#told.has(nameOf(member))) signalQuietly(member, signal);
      this.#told.add(nameOf(member));
    }
  }

  signalAll(tree: Tree | undefined, signal: "SIGKILL"): void {
    // The group in one stroke first: what forks faster than it can be listed does not survive that.
    if (this.#isGroupHeld(tree)) signalGroup(this.#leader.pid, signal);
    for (const member of tree?.members ?? []) signalQuietly(member, signal);
  }

  #isGroupHeld(tree: Tree | undefined): boolean {
    if (this.#leader.isHeld()) return true;
    return tree?.groupHeld === true && tree.members.some((member) => member.groupId === this.#leader.pid);
  }

  async #ask(
    row: ProcessRow,
    answers: Map<ProcessRow, boolean | undefined>,
    onSight: "SIGKILL" | undefined,
  ): Promise<void> {
    if (this.#known.get(row.pid) === row.startTicks || this.#strangers.has(nameOf(row))) return;
    const answer = row.state === "Z" ? undefined : await isMarked(row, this.#leader.marker);
    answers.set(row, answer);
    if (answer === true && onSight !== undefined) signalQuietly(row, onSight);
  }

  #conclude(
    rows: readonly ProcessRow[],
    answers: ReadonlyMap<ProcessRow, boolean | undefined>,
    leaderHeld: boolean,
  ): Tree {
    const asked = [...answers];
    const marked = new Set(asked.filter(([, answer]) => answer === true).map(([{ pid }]) => pid));
    for (const [row, answer] of asked) if (answer === false) this.#strangers.add(nameOf(row));
    const tree = selectTree(rows, { leaderPid: this.#leader.pid, leaderHeld, marked, known: this.#known });
    for (const member of tree.members) this.#known.set(member.pid, member.startTicks);
    // Who died before it could be asked may have left a child that this look did not see.
    const dead = asked.filter(([, answer]) => answer === undefined).map(([row]) => row);
    const unclear = dead.some((row) => this.#mayBeOurs(row, rows));
    for (const row of dead) this.#loseInterest(row);
    this.#emptyLookCount = tree.members.length > 0 || unclear ? 0 : this.#emptyLookCount + 1;
    return tree;
  }

  /**
   * Of one that died unasked: it may have been ours if its parent may be, or if it had lost its parent, which makes
   * it a child of the first process or of one above the daemon.
   */
  #mayBeOurs(row: ProcessRow, rows: readonly ProcessRow[]): boolean {
    this.#adopters ??= findAdopters();
    if (this.#adopters.has(row.parentPid)) return true;
    const parent = rows.find(({ pid }) => pid === row.parentPid);
    return parent !== undefined && !this.#strangers.has(nameOf(parent));
  }

  /** In a container without an init nobody reaps the dead, and a program may live without any environment. */
  #loseInterest(row: ProcessRow): void {
    const name = nameOf(row);
    const lookCount = (this.#unclear.get(name) ?? 0) + 1;
    this.#unclear.set(name, lookCount);
    if (row.state === "Z" || lookCount >= unclearLookCountMax) this.#strangers.add(name);
  }
}

/** The processes that orphans of a command can become children of. */
function findAdopters(): Set<number> {
  const adopters = new Set([1]);
  let row = readProcess(process.ppid);
  while (row !== undefined && !adopters.has(row.pid)) {
    adopters.add(row.pid);
    row = readProcess(row.parentPid);
  }
  return adopters;
}

function nameOf(row: ProcessRow): string {
  return `${row.pid} ${row.startTicks}`;
}

function signalQuietly(row: ProcessRow, signal: "SIGTERM" | "SIGKILL"): void {
  try {
    signalProcess(row, signal);
  } catch {
    // It could not be looked at, so it is left alone until the next round.
  }
}
