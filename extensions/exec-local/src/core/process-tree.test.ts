import { describe, expect, test } from "vitest";
import { type ProcessRow, parseProcessStat, selectTree, type TreeClues } from "./process-tree.ts";

const row = (pid: number, parentPid: number, changes: Partial<ProcessRow> = {}): ProcessRow => ({
  pid,
  parentPid,
  state: "S",
  groupId: pid,
  sessionId: pid,
  startTicks: 1_000 + pid,
  ...changes,
});
const clues = (changes: Partial<TreeClues> = {}): TreeClues => ({
  leaderPid: 10,
  leaderHeld: true,
  marked: new Set(),
  known: new Map(),
  ...changes,
});
const pids = (rows: readonly ProcessRow[], given: TreeClues) =>
  selectTree(rows, given).members.map(({ pid }) => pid);

describe("what belongs to a command", () => {
  test("the leader, its group and its session", () => {
    const rows = [row(10, 1), row(11, 1, { groupId: 10 }), row(12, 1, { sessionId: 10 }), row(13, 1)];
    expect(pids(rows, clues())).toEqual([10, 11, 12]);
  });

  test("E3: whatever carries the marker, in whichever session it is", () => {
    expect(pids([row(10, 1), row(20, 1)], clues({ marked: new Set([20]) }))).toEqual([10, 20]);
  });

  test("E3: children of what belongs, also without the marker", () => {
    const rows = [row(10, 1), row(30, 20), row(20, 10), row(40, 2)];
    expect(pids(rows, clues())).toEqual([10, 20, 30]);
  });

  test("children of a zombie, but not the zombie", () => {
    expect(pids([row(10, 1, { state: "Z" }), row(20, 10)], clues())).toEqual([20]);
  });
});

describe("E12: a number that was given to another process", () => {
  test("is not taken for one that was found before", () => {
    const known = new Map([[20, 1_020]]);
    const given = clues({ leaderHeld: false, known });
    expect(pids([row(20, 1)], given)).toEqual([20]);
    expect(pids([row(20, 1, { startTicks: 5_000 })], given)).toEqual([]);
  });

  test("is not taken for the leader, its group or its session once the leader is reaped", () => {
    const rows = [row(10, 1, { startTicks: 9_000 }), row(11, 10, { groupId: 10, sessionId: 10 })];
    expect(pids(rows, clues({ leaderHeld: false }))).toEqual([]);
  });
});

describe("the leader's number, once the leader is reaped", () => {
  const given = clues({ leaderHeld: false, known: new Map([[11, 1_011]]) });

  test("is held by a process of its group that was found before", () => {
    const rows = [row(11, 1, { groupId: 10 }), row(12, 1, { groupId: 10 })];
    expect(selectTree(rows, given)).toEqual({ members: rows, groupHeld: true });
  });

  test("E12: is not held by a stranger in the group, nor by what was found before and went elsewhere", () => {
    const rows = [row(11, 1), row(12, 1, { groupId: 10 })];
    expect(selectTree(rows, given)).toEqual({ members: [rows[0]], groupHeld: false });
  });
});

describe("a line of proc(5)", () => {
  const fields = "S 7 42 41 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 98765 1000 50";
  const expected = {
    pid: 42,
    state: "S",
    parentPid: 7,
    groupId: 42,
    sessionId: 41,
    startTicks: 98_765,
  };

  test.each(["(sh)", "(a b)", "(x) S 1 1 1 (y)", "())"])("is read with the name %s", (name) => {
    expect(parseProcessStat(`42 ${name} ${fields}`)).toEqual(expected);
  });

  test.each(["", "42", "nonsense (x) y"])("is refused where it is none: %j", (stat) => {
    expect(parseProcessStat(stat)).toBeUndefined();
  });
});
