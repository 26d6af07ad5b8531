// The key that cached answers are sealed with: made once, and read by nobody but this extension.
import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const byteCount = 32;

/** `folder`: absolute path of the extension's own folder. A file that is damaged is made anew: old answers are misses. */
export function openCacheSecret(folder: string): Uint8Array {
  const path = join(folder, "cache-key");
  const known = read(path);
  if (known?.length === byteCount) return known;
  const secret = randomBytes(byteCount);
  writeFileSync(path, secret, { mode: 0o600 });
  return secret;
}

function read(path: string): Uint8Array | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}
