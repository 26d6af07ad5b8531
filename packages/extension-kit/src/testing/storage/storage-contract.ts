// The tests that every Storage must pass. They import vitest: call this from a test file only.
import { afterEach, beforeEach, describe } from "vitest";
import type { StorageBench, StorageUnderTest } from "./contract/bench.ts";
import { testBlobs } from "./contract/blobs.ts";
import { testCommits } from "./contract/commits.ts";
import { testJoinedCommits } from "./contract/joined-commits.ts";
import { testKeys } from "./contract/keys.ts";
import { testReads } from "./contract/reads.ts";
import { testWatch } from "./contract/watch.ts";

export type { StorageUnderTest };

/** Declares the conformance tests of the Storage contract. `openStorage` gives an empty store each time. */
export function testStorageContract(name: string, openStorage: () => Promise<StorageUnderTest>): void {
  describe(`${name} keeps the storage contract`, () => {
    let store: StorageUnderTest;
    beforeEach(async () => {
      store = await openStorage();
    });
    afterEach(() => store.close());

    const bench: StorageBench = {
      get store() {
        return store;
      },
      get storage() {
        return store.namespace("one");
      },
    };
    testReads(bench);
    testKeys(bench);
    testCommits(bench);
    testJoinedCommits(bench);
    testWatch(bench);
    testBlobs(bench);
  });
}
