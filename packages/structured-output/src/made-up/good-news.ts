// Where a schema offers good news, it is taken: the loops of scripts wait for it.
import type { JsonValue } from "@lathe/kernel";
import type { Growth, Place } from "./growth.ts";

const hopedFor =
  /^(?:done|pass(?:ed)?|approved?|ok|valid|complete(?:d)?|accept(?:ed)?|confirm(?:ed)?|yes|real|resolved|fixed|lgtm|ready|success)$/i;

export function chooseValue(values: readonly JsonValue[], growth: Growth, place: Place): JsonValue {
  const good = values.find((value) => typeof value === "string" && hopedFor.test(value));
  if (good !== undefined && growth.attempt === 0) return good;
  return values[(growth.chanceAt(place).below(values.length) + growth.attempt) % values.length] as JsonValue;
}

const worked =
  /done|pass|approv|valid|complet|finish|success|\bok\b|ready|confirm|accept|agree|real|converg|satisf|resolv|fixed|correct|reproduc|verif|sound|good|^has answer/;
const wentOn =
  /\b(?:more|gaps?|missing|fail\w*|errors?|block\w*|reject\w*|invalid|incomplete|unresolved|retry|again|continue|abort\w*|skip\w*|duplicate\w*|refuted|not|un\w+|needs?)\b/;

export function chooseFlag(growth: Growth, { name, path }: Place): boolean {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replaceAll(/[_-]/g, " ")
    .toLowerCase();
  if (wentOn.test(words)) return false;
  if (worked.test(words)) return true;
  return growth.chanceAt({ name, path, index: 0, depth: 0 }).below(2) === 1;
}
