// Arguments against what a workflow says that it takes: the JSON Schema `inputSchema` of its metadata, where it has one.
import type { JsonObject, JsonValue } from "@lathe/kernel";
import { type AnswerSchema, type CompiledSchema, compileSchema } from "@lathe/structured-output";

export interface ArgumentProblem {
  /** Dotted path that begins with `args`, as in a request: `args.rounds`. */
  readonly field: string;
  /** A sentence that begins with the field. */
  readonly message: string;
}

/**
 * The first thing that is wrong with the arguments; undefined = nothing, or nothing is declared. Arguments that are not
 * given lack what the schema requires, and nothing else. A schema that cannot be used says nothing: scripts were written
 * for tools that do not look at it.
 */
export function checkArguments(meta: JsonObject, args: JsonValue | undefined): ArgumentProblem | undefined {
  const declared = inputSchemaOf(meta);
  if (declared?.kind !== "schema") return undefined;
  const [problem] = args === undefined ? missing(declared.schema) : declared.schema.check(args);
  if (problem === undefined) return undefined;
  const field = ["args", ...namesIn(problem.path)].join(".");
  return { field, message: `${field} ${problem.message}` };
}

/** Why the schema of the metadata says nothing; undefined = it can be used, or there is none. */
export function unusableInputSchema(meta: JsonObject): string | undefined {
  const declared = inputSchemaOf(meta);
  return declared?.kind === "refused"
    ? `inputSchema is not used, and arguments are not checked: ${declared.message}`
    : undefined;
}

function inputSchemaOf(meta: JsonObject): CompiledSchema | undefined {
  const schema = Object.hasOwn(meta, "inputSchema") ? meta.inputSchema : undefined;
  return schema === undefined ? undefined : compileSchema(schema);
}

function missing(schema: AnswerSchema): ReturnType<AnswerSchema["check"]> {
  const { required } = schema.schema as { readonly required?: readonly JsonValue[] };
  return required === undefined || required.length === 0 ? [] : schema.check({});
}

/** The names in a JSON Pointer. */
function namesIn(path: string): readonly string[] {
  return path
    .split("/")
    .slice(1)
    .map((name) => name.replaceAll("~1", "/").replaceAll("~0", "~"));
}
