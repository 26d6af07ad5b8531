// What the parts of the suite work on.
import type { Key, Storage } from "@lathe/kernel";

/** A store on which the suite runs one test. */
export interface StorageUnderTest {
  /** A handle to the namespace of this name; the same rows for the same name. */
  namespace(id: string): Storage;
  /** Closes the store and opens it again over what it had kept. Handles from before are not used again. */
  reopen(): Promise<void>;
  close(): Promise<void>;
}

/** What the parts of the suite are given: a fresh store for each test. */
export interface StorageBench {
  readonly store: StorageUnderTest;
  /** The handle of one namespace that most tests use. */
  readonly storage: Storage;
}

/** All keys below a prefix, read page by page. */
export async function listAllKeys(storage: Storage, prefix: Key, pageSize = 1_000): Promise<Key[]> {
  const keys: Key[] = [];
  for (let after: Key | undefined; ; ) {
    const page = await storage.list({ prefix, limit: pageSize, ...(after === undefined ? {} : { after }) });
    keys.push(...page.map(({ key }) => key));
    if (page.length < pageSize) return keys;
    after = keys.at(-1);
  }
}
