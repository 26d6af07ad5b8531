// Which processes belong to a command, decided on one look at the process table.
//
// A process belongs when one of these holds
//   - its environment carries the command's marker, wherever it went (setsid, double fork, nohup);
//   - it was found to belong before, and its start time says that its number was not given to another since;
//   - it is the leader or in the leader's group or session, while that number is certain to still be the leader's;
//   - its parent belongs.
//
// The system gives a number to nobody else as long as it is in use as a process, a group or a session. So it is
// certain while the leader is not reaped, and while somebody lives in the group or session who was found before.

/** One line of the process table. */
export interface ProcessRow {
  readonly pid: number;
  readonly state: string;
  readonly parentPid: number;
  readonly groupId: number;
  readonly sessionId: number;
  /** Clock ticks since boot. With the pid it names a process for good. */
  readonly startTicks: number;
}

export interface TreeClues {
  readonly leaderPid: number;
  /** The leader is not reaped yet, so its number cannot mean another process, group or session. */
  readonly leaderHeld: boolean;
  /** Pids whose environment carries the marker. */
  readonly marked: ReadonlySet<number>;
  /** Start time by pid of what was found to belong before. */
  readonly known: ReadonlyMap<number, number>;
}

export interface Tree {
  /** The processes that belong and can still run, parents before children. */
  readonly members: readonly ProcessRow[];
  /** The leader's number is certain to still be the leader's, so its group may be signalled as a whole. */
  readonly groupHeld: boolean;
}

export function selectTree(rows: readonly ProcessRow[], clues: TreeClues): Tree {
  const { leaderPid, marked } = clues;
  const isKnown = (row: ProcessRow) => clues.known.get(row.pid) === row.startTicks;
  const isNear = (row: ProcessRow) => row.groupId === leaderPid || row.sessionId === leaderPid;
  const groupHeld = clues.leaderHeld || rows.some((row) => isKnown(row) && isNear(row));
  const isRooted = (row: ProcessRow) =>
    marked.has(row.pid) || isKnown(row) || (groupHeld && (row.pid === leaderPid || isNear(row)));
  const childrenOf = Map.groupBy(rows, (row) => row.parentPid);
  const members = new Set(rows.filter(isRooted));
  // A set that grows while it is walked is walked to its new end.
  for (const member of members) for (const child of childrenOf.get(member.pid) ?? []) members.add(child);
  return { members: [...members].filter((row) => row.state !== "Z" && row.state !== "X"), groupHeld };
}

/** Reads `/proc/PID/stat` (proc(5)); undefined where it is not one. */
export function parseProcessStat(stat: string): ProcessRow | undefined {
  // The program's name stands in parentheses and may itself hold some, and blanks: what counts is the last one.
  const nameEnd = stat.lastIndexOf(")");
  const fields = stat.slice(nameEnd + 2).split(" ");
  const row = {
    pid: Number.parseInt(stat, 10),
    state: fields[0] ?? "",
    parentPid: Number(fields[1]),
    groupId: Number(fields[2]),
    sessionId: Number(fields[3]),
    startTicks: Number(fields[19]),
  };
  return nameEnd > 0 && Number.isSafeInteger(row.pid) && Number.isSafeInteger(row.startTicks)
    ? row
    : undefined;
}
