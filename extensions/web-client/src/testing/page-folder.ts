// A built page as the build leaves it, in a temporary folder.
import { mkdtempSync, rmSync } from "node:fs";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";

export interface PageFolder extends Disposable {
  readonly url: URL;
  readonly path: string;
}

export const pageFiles: Readonly<Record<string, string>> = {
  "index.html": '<!doctype html><title>Lathe</title><script type="module" src="/assets/main-A1.js"></script>',
  "assets/main-A1.js": `console.log(${JSON.stringify("said often ".repeat(100))});`,
  "assets/main-B2.css": "body { color: red }",
  "icon.svg": '<svg xmlns="http://www.w3.org/2000/svg"/>',
};

/** With a compressed form beside each file, a hidden file, and a link that leads out of it. */
export async function openPageFolder(): Promise<PageFolder> {
  const path = mkdtempSync(join(tmpdir(), "lathe-page-"));
  for (const [name, text] of Object.entries(pageFiles)) {
    await mkdir(dirname(join(path, name)), { recursive: true });
    await writeFile(join(path, name), text);
    await writeFile(join(path, `${name}.br`), brotliCompressSync(text));
    await writeFile(join(path, `${name}.gz`), gzipSync(text));
  }
  await writeFile(join(path, ".built-from"), "hidden");
  await symlink("/etc/hostname", join(path, "assets/out.txt"));
  return {
    path,
    url: pathToFileURL(`${path}/`),
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  };
}
