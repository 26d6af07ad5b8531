import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Release, StateFolderPower } from "@lathe/kernel";

/** Makes an empty folder of mode 0700. The release removes it with all that is in it. */
export function openTemporaryStateFolder(): { readonly power: StateFolderPower; readonly release: Release } {
  const path = mkdtempSync(join(tmpdir(), "lathe-test-"));
  return { power: { path }, release: () => rmSync(path, { recursive: true, force: true }) };
}
