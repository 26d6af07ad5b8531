// Takes one name back and forth between something inside and a symbolic link to something outside, as fast as it can.
// Arguments: the name, what it is inside (a path that is moved there and away), and where the link leads.
import { renameSync, rmSync, symlinkSync } from "node:fs";

const [name = "", inside = "", outside = ""] = process.argv.slice(2);
symlinkSync(outside, `${name}.link`);
process.stdout.write("swapping");
for (;;) {
  takeName(inside);
  renameSync(name, inside);
  takeName(`${name}.link`);
  renameSync(name, `${name}.link`);
}

function takeName(path: string): void {
  while (!attempt(() => renameSync(path, name))) {
    // Between two swaps the name is free, and a writer made a folder or a file of it, maybe this very moment again.
    attempt(() => rmSync(name, { recursive: true, force: true }));
  }
}

function attempt(work: () => void): boolean {
  try {
    work();
    return true;
  } catch {
    return false;
  }
}
