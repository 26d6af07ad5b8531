import type { BigIntStats } from "node:fs";

/** Names one state of one file; as fine as the file system's time stamps are. */
export function versionOf(stat: BigIntStats): string {
  return [stat.dev, stat.ino, stat.size, stat.mtimeNs, stat.ctimeNs]
    .map((part) => part.toString(36))
    .join("-");
}
