// Where things are in the extension's own part of the store.
import type { Key } from "@lathe/kernel";

/** What a run was begun with. */
export const runKey = (runId: string): Key => ["run", runId];
export const logPrefix = (runId: string): Key => ["log", runId];
export const logKey = (runId: string, seq: number): Key => ["log", runId, seq];
/** The calls that a run's script has made, by what they say. */
export const callPrefix = (runId: string): Key => ["call", runId];
export const callKey = (runId: string, wordsKey: string): Key => ["call", runId, wordsKey];
/** Which runs still need a script's text. */
export const scriptUsePrefix = (hash: string): Key => ["script-use", hash];
export const scriptUseKey = (hash: string, runId: string): Key => ["script-use", hash, runId];
/** Answers that other runs may use. */
export const allAnswersPrefix: Key = ["cache"];
export const cachePrefix = (owner: string): Key => ["cache", owner];
export const cacheKey = (owner: string, key: string): Key => ["cache", owner, key];
/** What was last asked at one place of a workflow, to say what has changed. */
export const allSitesPrefix: Key = ["site"];
export const sitePrefix = (owner: string): Key => ["site", owner];
export const siteKey = (owner: string, site: string): Key => ["site", owner, site];
