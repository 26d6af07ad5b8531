import type { JsonValue } from "@lathe/kernel";

/**
 * Makes what JSON.parse returned safe to be handled by code that recurses and that copies properties: own `__proto__`
 * properties are removed in place. False where containers are nested more than `depthMax` deep. Walks level by level, so
 * no depth can exhaust the stack here.
 */
export function makePlain(value: JsonValue, depthMax: number): boolean {
  let level: object[] = isContainer(value) ? [value] : [];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth >= depthMax) return false;
    const next: object[] = [];
    for (const container of level) collectParts(container, next);
    level = next;
  }
  return true;
}

function collectParts(container: object, into: object[]): void {
  if (Object.hasOwn(container, "__proto__")) Reflect.deleteProperty(container, "__proto__");
  for (const part of Object.values(container)) if (isContainer(part)) into.push(part);
}

function isContainer(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
