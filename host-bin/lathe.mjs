#!/usr/bin/env node
// What `lathe` runs. Plain JavaScript that any Node reads, so that one that is too old can say so, and so that what the
// TypeScript behind it comes to is kept for the next call from the first file on.
import nodeModule from "node:module";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

const NODE_MAJOR_MIN = 24;

if (Number(process.versions.node.split(".")[0]) < NODE_MAJOR_MIN) {
  process.stderr.write(
    `lathe needs Node ${NODE_MAJOR_MIN} or newer, and this is ${process.versions.node}. In its own folder, npx lathe takes the right one.\n`,
  );
  process.exit(1);
}
// Where the folder cannot be written, or there is no place for one, it goes without.
const folder = cacheFolder();
if (folder !== undefined) nodeModule.enableCompileCache(join(folder, "lathe"));
await import("./main.ts");

/** Of the XDG base directories; their specification says to ignore a relative path. */
function cacheFolder() {
  const named = process.env.XDG_CACHE_HOME;
  if (named !== undefined && isAbsolute(named)) return named;
  try {
    return join(process.env.HOME || homedir(), ".cache");
  } catch {
    // A user whom the system does not know has no home.
    return undefined;
  }
}
