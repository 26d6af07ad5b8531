// Network file systems: a flush may return before the bytes are safe, and the locks of two machines do not meet.
import { statfs } from "node:fs/promises";

/** By the magic numbers of statfs(2). */
const networkDisks: ReadonlyMap<number, string> = new Map([
  [0x6969, "NFS"],
  [0x517b, "SMB"],
  [0xff534d42, "CIFS"],
  [0xfe534d42, "SMB"],
  [0x5346414f, "AFS"],
  [0x564c, "NCP"],
]);

export async function readDiskType(folder: string): Promise<number> {
  return (await statfs(folder)).type;
}

/** Throws, with what to do, where the number is a network file system's. */
export function refuseNetworkDisk(folder: string, diskType: number): void {
  const name = networkDisks.get(diskType >>> 0);
  if (name === undefined) return;
  throw new Error(
    `The folder ${folder} is on a network disk (${name}), where a store is not safe. ` +
      "Choose a state folder on a disk of this machine with --state.",
  );
}
