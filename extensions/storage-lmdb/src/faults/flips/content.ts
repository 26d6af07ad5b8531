// What a store holds, as text that can be compared.
import { hash } from "node:crypto";
import type { Storage } from "@lathe/kernel";
import { readRows } from "../../test-store.ts";

export const blobTexts: readonly string[] = Array.from({ length: 10 }, (_, at) =>
  `blob ${at} `.repeat(10 ** (at % 5)),
);

/** Reads every row twice, by its key and in its place, and every blob. Throws what reading throws. */
export async function contentOf(storage: Storage): Promise<string> {
  const rows = await readRows(storage, []);
  const single = await storage.getMany(rows.map(({ key }) => key));
  const blobs = await Promise.all(blobTexts.map((text) => storage.blobs.get(hash("sha256", text, "hex"))));
  return JSON.stringify({
    rows,
    single,
    blobs: blobs.map((bytes) => bytes && Buffer.from(bytes).toString()),
  });
}
