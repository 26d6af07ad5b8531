// Deletes a run that is over with all that it started.
//
// Invariants
//   D1  What is below goes first: whatever ends this in the middle, the run itself is there to be deleted again.
//   D2  Nobody deletes what is another owner's: such a run stays, with what it started.
import type { Contributions, Run, RunKind } from "@lathe/kernel";
import type { RunTable } from "./run-table.ts";

export interface DeleteTreeDesk {
  readonly table: RunTable;
  readonly kinds: Pick<Contributions<RunKind>, "get">;
}

/** So many are deleted at a time. */
const batchSize = 50;

/** Settles when nothing of them can be read. Throws what the store throws. */
export async function deleteTree(root: Run, desk: DeleteTreeDesk): Promise<void> {
  for (const level of (await levelsBelow(root, desk)).toReversed()) {
    for (let start = 0; start < level.length; start += batchSize)
      await Promise.all(level.slice(start, start + batchSize).map((run) => deleteOne(run, desk)));
  }
  await deleteOne(root, desk);
}

async function levelsBelow(root: Run, { table }: DeleteTreeDesk): Promise<readonly (readonly Run[])[]> {
  const levels: (readonly Run[])[] = [];
  const seen = new Set([root.id]);
  for (let level: readonly Run[] = [root]; level.length > 0; ) {
    const below: Run[] = [];
    for (const { id } of level) {
      for (const childId of await table.childIds(id)) {
        if (seen.has(childId)) continue;
        seen.add(childId);
        const child = await table.get(childId);
        if (child?.owner === root.owner) below.push(child);
      }
    }
    levels.push(below);
    level = below;
  }
  return levels;
}

async function deleteOne(run: Run, { table, kinds }: DeleteTreeDesk): Promise<void> {
  await kinds.get(run.kind)?.delete?.(run);
  await table.remove(run);
}
