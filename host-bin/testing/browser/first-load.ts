// What a browser has to fetch before the page does anything: the files that `index.html` names, and what they import.
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { builtPageFolder } from "@lathe/web/built-page";

export interface LoadedFile {
  readonly name: string;
  readonly bytes: number;
  readonly gzipBytes: number;
  readonly brotliBytes: number;
}

/** Of the page as it was built last; scripts that are imported later, on demand, are not among them. */
export async function firstLoad(): Promise<readonly LoadedFile[]> {
  const html = await readFile(new URL("index.html", builtPageFolder), "utf8");
  const named = [...html.matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g)].flatMap(([, name]) => name ?? []);
  const files = new Map<string, LoadedFile>();
  const waiting = ["index.html", ...named];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (files.has(name)) continue;
    const bytes = await readFile(new URL(name, builtPageFolder));
    files.set(name, {
      name,
      bytes: bytes.length,
      gzipBytes: gzipSync(bytes, { level: 9 }).length,
      brotliBytes: brotliCompressSync(bytes).length,
    });
    if (name.endsWith(".js")) waiting.push(...importedBy(bytes.toString("utf8")));
  }
  return [...files.values()];
}

/** Static imports alone: `import(...)` is fetched when it is wanted. */
function importedBy(script: string): readonly string[] {
  const imports =
    /(?:^|[;}\n])\s*(?:import|export)\s*(?:[\w$*{}\s,"']*?\bfrom\s*)?["'`]\.\/([\w.-]+\.js)["'`]/g;
  return [...script.matchAll(imports)].flatMap(([, file]) =>
    file === undefined ? [] : `assets/${basename(file)}`,
  );
}
