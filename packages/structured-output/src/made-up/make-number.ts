// Numbers within bounds.
import type { JsonObject } from "@lathe/kernel";
import { at } from "../schema/keywords.ts";
import { CannotGrowError, type Growth, type Place } from "./growth.ts";

interface Bounds {
  readonly min: number;
  readonly max: number;
  /** Distance between numbers that may be chosen; 0 = any. */
  readonly step: number;
  fits(candidate: number): boolean;
}

const spread = 10;

export function makeNumber(schema: JsonObject, isInteger: boolean, growth: Growth, place: Place): number {
  const bounds = boundsOf(schema, isInteger);
  const found = candidates(bounds, growth, place).find((candidate) => bounds.fits(candidate));
  if (found === undefined) throw new CannotGrowError("No number fits.");
  return found;
}

function boundsOf(schema: JsonObject, isInteger: boolean): Bounds {
  const above = numberAt(schema, "exclusiveMinimum") ?? Number.NEGATIVE_INFINITY;
  const under = numberAt(schema, "exclusiveMaximum") ?? Number.POSITIVE_INFINITY;
  const min = Math.max(above, numberAt(schema, "minimum") ?? Number.NEGATIVE_INFINITY);
  const max = Math.min(under, numberAt(schema, "maximum") ?? Number.POSITIVE_INFINITY);
  const multiple = numberAt(schema, "multipleOf");
  const step = multiple ?? (isInteger ? 1 : 0);
  const fits = (candidate: number) =>
    candidate >= min &&
    candidate <= max &&
    candidate > above &&
    candidate < under &&
    (!isInteger || Number.isInteger(candidate)) &&
    (multiple === undefined || isMultiple(candidate, multiple));
  return { min, max, step, fits };
}

/** Scripts wait for high scores, as they wait for `done`. */
const wantedHigh = /score|confidence|rating|quality|grade|probability|likelihood|coverage/i;

function candidates({ min, max, step }: Bounds, growth: Growth, place: Place): readonly number[] {
  const low = Number.isFinite(min) ? min : Number.isFinite(max) ? Math.min(1, max - spread) : 1;
  const high = Number.isFinite(max) ? max : low + spread;
  const chosen = low + ((high - low) * growth.chanceAt(place).below(spread + 1)) / spread;
  const first = wantedHigh.test(place.name) && Number.isFinite(max) ? [high] : [];
  const uneven = growth.attempt > 0 ? [Math.min(low + 0.5, (low + high) / 2)] : [];
  const raw = [...first, ...uneven, chosen, low, high, (low + high) / 2];
  if (step === 0) return raw;
  const nearby = raw.flatMap((number) => [
    Math.round(number / step),
    Math.ceil(number / step),
    Math.floor(number / step),
  ]);
  const around = nearby.flatMap((count) => Array.from({ length: 9 }, (_, index) => count + index - 4));
  return [...nearby, ...around].map((count) => withoutNoise(count * step));
}

function isMultiple(candidate: number, step: number): boolean {
  const count = candidate / step;
  return Math.abs(Math.round(count) - count) <= 1e-9;
}

/** 0.1 * 3 is 0.3 for everybody but a floating-point unit. */
function withoutNoise(number: number): number {
  return Number(number.toPrecision(14));
}

function numberAt(schema: JsonObject, keyword: string): number | undefined {
  const value = at(schema, keyword);
  return typeof value === "number" ? value : undefined;
}
