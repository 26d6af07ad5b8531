// Which processes belong to a command, decided on one look at the process table.
//
// A process belongs when one of these holds
//   - its environment carries the command's marker, wherever it went (setsid, double fork, nohup);
//   - it was found to belong before, and its start time says that its number was not given to another since;
//   - it is the leader or in the leader's group or session, while that number is certain to still be the leader's;
//   - its parent belongs.

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

/** The processes that belong and can still run, parents before children. */
export function selectTree(rows: readonly ProcessRow[], clues: TreeClues): ProcessRow[] {
  const childrenOf = Map.groupBy(rows, (row) => row.parentPid);
  const members = new Set(rows.filter((row) => isRooted(row, clues)));
  // A set that grows while it is walked is walked to its new end.
  for (const member of members) for (const child of childrenOf.get(member.pid) ?? []) members.add(child);
  return [...members].filter((row) => row.state !== "Z" && row.state !== "X");
}

function isRooted(row: ProcessRow, clues: TreeClues): boolean {
  if (clues.marked.has(row.pid)) return true;
  if (clues.known.get(row.pid) === row.startTicks) return true;
  if (!clues.leaderHeld) return false;
  const { leaderPid } = clues;
  return row.pid === leaderPid || row.groupId === leaderPid || row.sessionId === leaderPid;
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
