import { hasLeft, readLiveRecord } from "../daemon/daemon-record.ts";

/**
 * What has become of the daemon that was found on this URL:
 * `there` = its process lives, or the next one is just starting;
 * `left` = it has ended in good order, or the next one answers elsewhere;
 * `died` = its process is gone, and nobody knows what it still did.
 */
export function presenceOf(stateFolder: string, url: string): "there" | "left" | "died" {
  const record = readLiveRecord(stateFolder);
  if (record === undefined) return hasLeft(stateFolder) ? "left" : "died";
  return record.url === null || record.url === url ? "there" : "left";
}
