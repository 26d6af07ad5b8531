import type { JsonValue } from "@lathe/kernel";

/**
 * Makes what JSON.parse returned safe to be handled by code that recurses and that copies properties: own `__proto__`
 * properties are removed in place. False where containers are nested more than `depthMax` deep, and where a number is too
 * large to be written as JSON again. Walks level by level, so no depth can exhaust the stack here.
 */
export function makePlain(value: JsonValue, depthMax: number): boolean {
  let level: object[] = isContainer(value) ? [value] : [];
  if (!isWritable(value)) return false;
  for (let depth = 0; level.length > 0; depth++) {
    if (depth >= depthMax) return false;
    const next: object[] = [];
    for (const container of level) if (!collectParts(container, next)) return false;
    level = next;
  }
  return true;
}

function collectParts(container: object, into: object[]): boolean {
  if (Object.hasOwn(container, "__proto__")) Reflect.deleteProperty(container, "__proto__");
  for (const part of Object.values(container)) {
    if (!isWritable(part)) return false;
    if (isContainer(part)) into.push(part);
  }
  return true;
}

function isWritable(value: unknown): boolean {
  return typeof value !== "number" || Number.isFinite(value);
}

function isContainer(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
