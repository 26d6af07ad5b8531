// What a workflow says about itself.
import type { JsonObject, JsonValue, WorkflowPhaseDeclaration } from "@lathe/kernel";
import type { ObjectExpression, Property } from "acorn";
import type { WorkflowMeta } from "../contract.ts";
import type { Exported } from "./dialect.ts";
import { LiteralReader } from "./literal.ts";
import { Refusal } from "./refusal.ts";

export interface MetaReading {
  readonly meta: WorkflowMeta;
  readonly warnings: readonly MetaWarning[];
}

export interface MetaWarning {
  readonly message: string;
  readonly offset: number;
}

/** Throws a Refusal where the metadata is no literal, or lacks what is required. */
export function readMeta({ dialect, object }: Exported): MetaReading {
  const what = dialect === "script" ? "meta" : "workflow";
  const reader = new LiteralReader(what);
  const all = dialect === "script" ? (reader.read(object) as JsonObject) : literalFields(object, reader);
  if (dialect === "object") requireRun(object);
  const fields = new Fields(what, object, all);
  if (reader.joinedAt !== null) {
    fields.warn(`${what} joins texts with +: write each as one literal`, reader.joinedAt);
  }
  const name = fields.requiredText("name");
  const description = fields.requiredText("description");
  const whenToUse = fields.optionalText("whenToUse");
  const phases = readPhases(fields);
  const meta = { name, description, ...(whenToUse !== undefined && { whenToUse }), phases, all };
  return { meta, warnings: fields.warnings };
}

/** The object form holds functions too, and values that only exist at run time: they are no metadata. */
function literalFields(object: ObjectExpression, reader: LiteralReader): JsonObject {
  const all: Record<string, JsonValue> = {};
  for (const property of object.properties) {
    if (property.type !== "Property" || property.kind !== "init" || property.method) continue;
    if (property.computed || property.shorthand) continue;
    const key = reader.readKey(property);
    try {
      all[key] = reader.read(property.value);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
  }
  return all;
}

const notCallable: readonly string[] = ["Literal", "TemplateLiteral", "ObjectExpression", "ArrayExpression"];

function requireRun(object: ObjectExpression): void {
  const run = object.properties.findLast((property): property is Property => isNamed(property, "run"));
  // `...rest` may bring it along.
  if (!run && object.properties.some(({ type }) => type === "SpreadElement")) return;
  if (run && !notCallable.includes(run.value.type)) return;
  throw new Refusal("invalid-meta", "workflow.run must be a function", run?.value.start ?? object.start);
}

function readPhases(fields: Fields): WorkflowPhaseDeclaration[] {
  const { phases } = fields.all;
  if (phases === undefined) return [];
  if (!Array.isArray(phases)) {
    fields.warnOf("phases", "is not a list and is ignored");
    return [];
  }
  const read = (phases as readonly JsonValue[]).map(readPhase);
  if (read.includes(null)) fields.warnOf("phases", "has entries without a title, which are ignored");
  return read.filter((phase) => phase !== null);
}

function readPhase(phase: JsonValue): WorkflowPhaseDeclaration | null {
  if (typeof phase === "string") return phase.trim() === "" ? null : { title: phase };
  if (typeof phase !== "object" || phase === null || Array.isArray(phase)) return null;
  const { title, detail, model } = phase as JsonObject;
  if (typeof title !== "string" || title.trim() === "") return null;
  return {
    title,
    ...(typeof detail === "string" && { detail }),
    ...(typeof model === "string" && { model }),
  };
}

/** The values of the metadata, with the places that errors about them name. */
class Fields {
  readonly all: JsonObject;
  readonly warnings: MetaWarning[] = [];
  readonly #what: string;
  readonly #object: ObjectExpression;

  constructor(what: string, object: ObjectExpression, all: JsonObject) {
    this.#what = what;
    this.#object = object;
    this.all = all;
  }

  requiredText(key: string): string {
    const value = this.all[key];
    if (typeof value === "string" && value.trim() !== "") return value;
    throw new Refusal("invalid-meta", `${this.#what}.${key} must be a non-empty string`, this.#placeOf(key));
  }

  optionalText(key: string): string | undefined {
    const value = this.all[key];
    if (value === undefined || typeof value === "string") return value;
    this.warnOf(key, "is not a string and is ignored");
    return undefined;
  }

  warnOf(key: string, problem: string): void {
    this.warn(`${this.#what}.${key} ${problem}`, this.#placeOf(key));
  }

  warn(message: string, offset: number): void {
    this.warnings.push({ message, offset });
  }

  /** Where the value stands; the object, where there is none. */
  #placeOf(key: string): number {
    const property = this.#object.properties.findLast((one): one is Property => isNamed(one, key));
    return property?.value.start ?? this.#object.start;
  }
}

function isNamed(property: ObjectExpression["properties"][number], name: string): boolean {
  if (property.type !== "Property" || property.computed) return false;
  const { key } = property;
  return key.type === "Identifier" ? key.name === name : key.type === "Literal" && key.value === name;
}
