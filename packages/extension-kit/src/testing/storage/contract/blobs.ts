import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { StorageBench } from "./bench.ts";

export function testBlobs(bench: StorageBench): void {
  describe("blobs", () => {
    test.each([0, 1, 100, 5_000, 3_000_000])("%d bytes are found again by their SHA-256", async (size) => {
      const { blobs } = bench.storage;
      const bytes = bytesOf(size);
      const hash = await blobs.put(bytes);
      expect(hash).toBe(createHash("sha256").update(bytes).digest("hex"));
      expect(Buffer.compare((await blobs.get(hash)) as Uint8Array, bytes)).toBe(0);
    });

    test("an unknown hash is undefined, whatever it looks like", async () => {
      const { blobs } = bench.storage;
      for (const hash of ["0".repeat(64), "", "nonsense", "../x", "é\0", "f".repeat(5_000)]) {
        expect(await blobs.get(hash)).toBeUndefined();
        await blobs.delete(hash);
      }
    });

    test("the same bytes are kept once, however often and however fast they come", async () => {
      const { blobs } = bench.storage;
      const hashes = await Promise.all(Array.from({ length: 20 }, () => blobs.put(bytesOf(50))));
      expect(new Set(hashes).size).toBe(1);
      expect(await blobs.put(bytesOf(50))).toBe(hashes[0]);
      await blobs.delete(hashes[0] as string);
      expect(await blobs.get(hashes[0] as string)).toBeUndefined();
    });

    test("the bytes of the call are kept, and what is read is a copy", async () => {
      const { blobs } = bench.storage;
      const bytes = bytesOf(100);
      const put = blobs.put(bytes);
      bytes.fill(0);
      const hash = await put;
      (await blobs.get(hash))?.fill(1);
      expect(Buffer.compare((await blobs.get(hash)) as Uint8Array, bytesOf(100))).toBe(0);
    });

    test("another namespace neither sees nor deletes them, and they are no rows", async () => {
      const [one, two] = [bench.store.namespace("one"), bench.store.namespace("two")];
      const hash = await one.blobs.put(bytesOf(10));
      expect(await two.blobs.get(hash)).toBeUndefined();
      await two.blobs.delete(hash);
      expect(await one.blobs.get(hash)).toBeDefined();
      expect(await one.list({ prefix: [], limit: 10 })).toEqual([]);
    });

    test("they are still there after the store was closed and opened again", async () => {
      const hash = await bench.storage.blobs.put(bytesOf(10));
      await bench.store.reopen();
      expect(await bench.storage.blobs.get(hash)).toBeDefined();
    });
  });
}

function bytesOf(size: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, index) => (index * 31 + (index >> 8)) % 256);
}
