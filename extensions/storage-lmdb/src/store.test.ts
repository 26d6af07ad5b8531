import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { testStorageContract } from "@lathe/extension-kit/testing";
import { openTestStore } from "./test-store.ts";

testStorageContract("LMDB", async () => {
  const folder = await mkdtemp(join(tmpdir(), "lathe-storage-"));
  let { store } = await openTestStore(folder);
  return {
    namespace: (id) => store.namespace(id),
    reopen: async () => {
      await store.close();
      ({ store } = await openTestStore(folder));
    },
    close: async () => {
      await store.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
});
