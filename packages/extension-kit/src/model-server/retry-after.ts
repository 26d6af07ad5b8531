import type { Unchecked } from "./json-access.ts";
import { listOf, objectOf, textOf } from "./json-access.ts";

/**
 * How long the server asks to wait, in milliseconds: `retry-after-ms` where it is more than 0 (Azure sends 0 beside a
 * `retry-after` of a second), else `retry-after` as seconds or as an HTTP date (RFC 9110, 10.2.3). However long it is.
 * `null` = it does not say.
 */
export function retryAfterMs(headers: Readonly<Record<string, string>>, nowMs: number): number | null {
  const exactMs = numberOf(headers["retry-after-ms"]);
  if (exactMs !== null && exactMs > 0) return exactMs;
  const wait = headers["retry-after"];
  const seconds = numberOf(wait);
  if (seconds !== null) return seconds >= 0 && Number.isFinite(seconds * 1_000) ? seconds * 1_000 : null;
  // Without a colon it is no date, whatever Date.parse makes of it.
  const atMs = wait?.includes(":") === true ? Date.parse(wait) : Number.NaN;
  return Number.isNaN(atMs) ? null : Math.max(0, atMs - nowMs);
}

/** Google's way to say it in the body: a `RetryInfo` among the error's details, with a delay such as `48.5s`. */
export function retryInfoMs(details: Unchecked): number | null {
  for (const detail of listOf(details)) {
    const delay = textOf(objectOf(detail)?.retryDelay);
    const seconds = delay?.endsWith("s") === true ? numberOf(delay.slice(0, -1)) : null;
    if (seconds !== null && seconds >= 0) return seconds * 1_000;
  }
  return null;
}

function numberOf(text: string | undefined): number | null {
  const number = text === undefined || text.trim() === "" ? Number.NaN : Number(text);
  return Number.isFinite(number) ? number : null;
}
