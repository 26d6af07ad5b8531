// Replaces one file again and again with ten million times the same letter, and says so after each time.
// Arguments: the root, the file's path, and `replace` or, for the positive control, `overwrite`.
import { writeFile } from "node:fs/promises";
import { LocalFiles } from "../edge/local-files.ts";

const [root = "", path = "", manner] = process.argv.slice(2);
const files = new LocalFiles(root);
for (let round = 0; ; round++) {
  const content = Buffer.alloc(10_000_000, "abcdefghij".charAt(round % 10));
  if (manner === "replace") await files.write(path, content);
  else await writeFile(`${root}/${path}`, content);
  process.stdout.write(".");
}
