// Names of traces and spans as W3C Trace Context wants them: random, lower-case hexadecimal, never all zero.
import { RandomPool } from "./random-pool.ts";

const pool = new RandomPool();

export function newTraceId(): string {
  return notZero(16);
}

export function newSpanId(): string {
  return notZero(8);
}

function notZero(byteCount: number): string {
  const id = pool.hex(byteCount);
  return /[1-9a-f]/.test(id) ? id : notZero(byteCount);
}
