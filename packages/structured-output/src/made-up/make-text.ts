// Texts that read like words about the property that they are for.
import type { JsonObject } from "@lathe/kernel";
import { parsePattern } from "../pattern/parse-pattern.ts";
import { PatternMatcher } from "../pattern/pattern-matcher.ts";
import { at } from "../schema/keywords.ts";
import type { Chance } from "./chance.ts";
import { growPattern } from "./grow-pattern.ts";
import { CannotGrowError, type Growth, type Place } from "./growth.ts";

const lengthMax = 100_000;
const patternTryCount = 60;

export function makeText(schema: JsonObject, growth: Growth, place: Place): string {
  const min = Number(at(schema, "minLength") ?? 0);
  const max = Number(at(schema, "maxLength") ?? Number.POSITIVE_INFINITY);
  if (min > lengthMax || min > max) throw new CannotGrowError("No text is as long.");
  growth.budget.take(Math.ceil(min / 8));
  const chance = growth.chanceAt(place);
  const pattern = at(schema, "pattern");
  if (typeof pattern === "string") return matchingText(pattern, { min, max }, growth, place);
  return fitted(naturalText(at(schema, "format"), chance, place), min, max);
}

interface Lengths {
  readonly min: number;
  readonly max: number;
}

function matchingText(source: string, { min, max }: Lengths, growth: Growth, place: Place): string {
  const parsed = parsePattern(source);
  if (parsed.kind === "refused") throw new CannotGrowError("Its pattern cannot be matched.");
  const chance = growth.chanceAt(place);
  const matcher = new PatternMatcher(parsed, growth.budget);
  const fits = (text: string) => {
    const length = Array.from(text).length;
    return length >= min && length <= max && matcher.test(text);
  };
  const natural = naturalTexts(place, chance).find(fits);
  if (natural !== undefined) return natural;
  for (let count = 0; count < patternTryCount; count++) {
    const grown = growPattern(parsed.tree, {
      chance,
      budget: growth.budget,
      extraMax: tryLengths(count, min),
    });
    for (const text of [grown, padded(grown, min)]) if (fits(text)) return text;
  }
  throw new CannotGrowError("No text was found that matches.");
}

/** How often what may be repeated is repeated at most: little first, then about as much as is needed. */
function tryLengths(count: number, min: number): number {
  return count % 2 === 0 ? Math.floor(count / 4) : Math.min(lengthMax, min + Math.floor(count / 4));
}

/** What a person might write there, in the shapes that patterns ask for. */
function naturalTexts(place: Place, chance: Chance): readonly string[] {
  const words = wordsOf(place.name);
  const kebab = words.join("-");
  const number = place.index + 1;
  return [
    naturalText(undefined, chance, place),
    ...(place.index > 0 ? [`${kebab}-${number}`, `${words.join("_")}_${number}`] : []),
    kebab,
    words.join("_"),
    words.join(" "),
    words.map(capitalised).join(""),
    `2026-01-${String(10 + chance.below(18))}`,
  ];
}

const topics = [
  "the retry loop",
  "the cache key",
  "the order of shutdown",
  "an empty input",
  "the settings file",
  "a slow reader",
  "the first request",
  "the error path",
] as const;

function naturalText(format: unknown, chance: Chance, place: Place): string {
  const words = wordsOf(place.name);
  const last = words.at(-1) ?? "";
  const number = place.index + 1;
  if (format === "date-time") return `2026-01-${10 + chance.below(18)}T12:00:00Z`;
  if (format === "date" || last === "date") return `2026-01-${10 + chance.below(18)}`;
  if (format === "uri" || /^(?:url|uri|link)s?$/.test(last))
    return `https://example.org/${chance.below(1_000)}`;
  if (format === "email" || last === "email") return `someone${number}@example.org`;
  if (/^(?:file|path|filename|filepath)s?$/.test(last)) return `src/example-${number}.ts`;
  if (/^(?:id|key|slug)s?$/.test(last)) return `${words.join("-")}-${number}`;
  const suffix = place.index > 0 ? ` (${number})` : "";
  return `Made-up ${words.join(" ")} about ${chance.oneOf(topics)}${suffix}`;
}

/** The words of a property's name; `answer` where it has none. */
export function wordsOf(name: string): readonly string[] {
  const spaced = name.slice(0, 60).replace(/([a-z0-9])([A-Z])/g, "$1 $2");
  const words = spaced.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  return words.length > 0 ? words : ["answer"];
}

function fitted(text: string, min: number, max: number): string {
  const long = padded(text, min);
  if (long.length <= max) return long;
  const cut = long.slice(0, max);
  return cut.trimEnd().length >= min && cut.trimEnd() !== "" ? cut.trimEnd() : cut.replaceAll(" ", "-");
}

function padded(text: string, min: number): string {
  if (text.length >= min) return text;
  const sentence = `${text}, and so on. `;
  return sentence
    .repeat(Math.ceil(min / sentence.length))
    .slice(0, min)
    .replace(/\s$/, ".");
}

function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
