import type { ReleaseSlot } from "./slots.ts";

/** Where a place is waited for; undefined = the signal has aborted first. */
export type Door = () => Promise<ReleaseSlot | undefined>;

/**
 * Takes a place behind each door, in their order: whoever waits at one holds those of the doors before it. Settles with how
 * to give all of them back; with undefined, and holding none, where one was not given.
 */
export async function takeAll(doors: readonly Door[]): Promise<ReleaseSlot | undefined> {
  const held: ReleaseSlot[] = [];
  const releaseAll = (): void => {
    for (const release of held.splice(0)) release();
  };
  for (const door of doors) {
    const release = await door();
    if (release === undefined) {
      releaseAll();
      return undefined;
    }
    held.push(release);
  }
  return releaseAll;
}
