import type { ConnectionError, LatheProblem } from "../errors.ts";

/**
 * Called when a stream has failed and would be asked for again, before the wait: with why, and how many losses in a row this
 * makes, from 1. What it throws, or rejects with, ends the stream.
 */
export type LossListener = (
  failure: LatheProblem | ConnectionError,
  failureCount: number,
) => void | Promise<void>;
