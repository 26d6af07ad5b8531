// What is asked about JSON values, whoever made them.
import type { JsonValue } from "@lathe/kernel";

/** A value is at depth 1, what it holds at depth 2. Looks no deeper than it must. */
export function isDeeperThan(value: JsonValue, depthMax: number): boolean {
  if (typeof value !== "object" || value === null) return depthMax < 1;
  if (depthMax < 1) return true;
  return Object.values(value).some((inner: JsonValue) => isDeeperThan(inner, depthMax - 1));
}

/** How many values there are in it, itself included. Its depth must be bounded. */
export function countValues(value: JsonValue): number {
  if (typeof value !== "object" || value === null) return 1;
  let count = 1;
  for (const inner of Object.values(value)) count += countValues(inner as JsonValue);
  return count;
}

/** JSON without spaces and with sorted keys: equal values have equal texts. Its depth must be bounded. */
export function canonicalText(value: JsonValue): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(",")}]`;
  const fields = Object.entries(value)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, inner]) => `${JSON.stringify(name)}:${canonicalText(inner)}`);
  return `{${fields.join(",")}}`;
}

/** The value at a JSON Pointer; undefined where there is none. */
export function valueAt(root: JsonValue, pointer: string): JsonValue | undefined {
  let found: JsonValue | undefined = root;
  for (const part of pointer.split("/").slice(1)) {
    const name = part.replaceAll("~1", "/").replaceAll("~0", "~");
    if (typeof found !== "object" || found === null || !Object.hasOwn(found, name)) return undefined;
    found = (found as Readonly<Record<string, JsonValue>>)[name];
  }
  return found;
}
