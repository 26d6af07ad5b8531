// Takes a schema apart and puts together what ajv is given: only keywords that are understood, in a depth, a size and
// with patterns that cannot hold up the daemon.
import type { JsonObject, JsonValue } from "@lathe/kernel";
import { parsePattern } from "../pattern/parse-pattern.ts";
import { at, below, isObject, plainKeywords, refusedKeywords, schemaKeywords } from "./keywords.ts";

/** A schema of the answer, or of a part of it. */
export type Schema = boolean | JsonObject;

/** `path` is a JSON Pointer into the schema; `message` goes on after it. */
export class SchemaRefusal extends Error {
  readonly path: string;

  constructor(path: string, message: string) {
    super(message);
    this.path = path;
  }
}

/** Compiling takes about a tenth of a second for as many. */
const schemaCountMax = 1_000;

/** Its keywords that are understood, in an object of its own. Throws SchemaRefusal. */
export function readSchema(schema: JsonValue): Schema {
  const reader = new SchemaReader();
  const read = reader.read(schema, "");
  reader.checkReferences();
  return read;
}

class SchemaReader {
  readonly #places = new Set<string>();
  readonly #references: { readonly path: string; readonly target: string }[] = [];

  read(schema: JsonValue | undefined, path: string): Schema {
    this.#places.add(path);
    if (this.#places.size > schemaCountMax)
      throw new SchemaRefusal("", `holds more than ${schemaCountMax} schemas; make it simpler.`);
    if (typeof schema === "boolean") return schema;
    if (!isObject(schema)) throw new SchemaRefusal(path, "must be a schema: an object, true or false.");
    const read: Record<string, JsonValue> = {};
    for (const [keyword, value] of Object.entries(schema))
      this.#readKeyword(read, keyword, value, below(path, keyword));
    return read;
  }

  /** References lead to schemas of this document that were read, and nowhere else. */
  checkReferences(): void {
    for (const { path, target } of this.#references) {
      const pointer = pointerOf(target);
      if (pointer === undefined || !this.#places.has(pointer))
        throw new SchemaRefusal(path, `leads to "${target}", where no schema is.`);
    }
  }

  #readKeyword(into: Record<string, JsonValue>, keyword: string, value: JsonValue, path: string): void {
    if (refusedKeywords.has(keyword)) throw new SchemaRefusal(path, "is not understood here; leave it out.");
    const holds = schemaKeywords.get(keyword);
    if (holds !== undefined) into[keyword] = this.#readInner(holds, value, path);
    else if (plainKeywords.has(keyword)) into[keyword] = this.#readPlain(keyword, value, path);
  }

  #readInner(holds: "schema" | "list" | "by-name", value: JsonValue, path: string): JsonValue {
    if (holds === "schema") return this.read(value, path);
    if (holds === "list") return this.#readList(value, path);
    if (!isObject(value)) throw new SchemaRefusal(path, "must be an object with a schema for each name.");
    const byName: Record<string, JsonValue> = {};
    for (const [name, schema] of Object.entries(value)) {
      if (name === "__proto__") throw new SchemaRefusal(path, 'may not hold the name "__proto__".');
      if (path.endsWith("/patternProperties")) checkPattern(name, below(path, name));
      byName[name] = this.read(schema, below(path, name));
    }
    return byName;
  }

  #readList(value: JsonValue, path: string): JsonValue {
    if (!Array.isArray(value) || value.length === 0)
      throw new SchemaRefusal(path, "must be a list with at least one schema.");
    return value.map((schema: JsonValue, index) => this.read(schema, below(path, index)));
  }

  #readPlain(keyword: string, value: JsonValue, path: string): JsonValue {
    if (keyword === "pattern" && typeof value === "string") checkPattern(value, path);
    if (keyword === "enum" && Array.isArray(value) && value.length === 0)
      throw new SchemaRefusal(path, "is empty, so that no value fits.");
    if (keyword === "$ref") {
      if (typeof value !== "string" || !/^#(?:\/|$)/.test(value))
        throw new SchemaRefusal(path, 'must lead to a place of this schema, like "#/$defs/name".');
      this.#references.push({ path, target: value });
    }
    return value;
  }
}

function checkPattern(source: string, path: string): void {
  const parsed = parsePattern(source);
  if (parsed.kind === "refused") throw new SchemaRefusal(path, parsed.message);
}

/** The schema that a `$ref` leads to, once `readSchema` has accepted the document. */
export function resolveReference(root: Schema, target: string): Schema {
  const names = (pointerOf(target) ?? "").split("/").slice(1);
  let found: JsonValue | undefined = root;
  for (const name of names.map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))) {
    if (Array.isArray(found)) found = found[Number(name)];
    else found = isObject(found) ? at(found, name) : undefined;
  }
  return typeof found === "boolean" || isObject(found) ? found : true;
}

/** The JSON Pointer in a reference; undefined where it is written wrongly. */
function pointerOf(target: string): string | undefined {
  try {
    return decodeURIComponent(target.slice(1));
  } catch {
    return undefined;
  }
}
