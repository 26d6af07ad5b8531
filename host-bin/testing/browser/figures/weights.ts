import { extname } from "node:path";
import { firstLoad } from "../first-load.ts";
import type { Row } from "./tables.ts";

/** What a browser fetches first, by kind; the daemon sends what is smallest of what the browser takes. */
export async function weigh(): Promise<readonly Row[]> {
  const files = await firstLoad();
  const kinds = [...new Set(files.map(({ name }) => extname(name)))].toSorted();
  return kinds.map((kind) => {
    const own = files.filter(({ name }) => extname(name) === kind);
    const sum = (of: (file: (typeof own)[number]) => number): number =>
      own.reduce((total, file) => total + of(file), 0);
    return {
      kind,
      files: own.length,
      plain: sum(({ bytes }) => bytes),
      gzip: sum(({ gzipBytes }) => gzipBytes),
      brotli: sum(({ brotliBytes }) => brotliBytes),
    };
  });
}
