// Declares a tool from one schema: what the model reads and what its input is checked with cannot drift apart.
import type { JsonObject, Tool, ToolContext, ToolOutput } from "@lathe/kernel";
import { toJsonSchema } from "@valibot/to-json-schema";
import type { GenericSchema, InferOutput } from "valibot";

/** What an author says of a tool. Whatever is left out is the careful choice. */
export interface ToolDefinition<Input extends GenericSchema> {
  /** Letters, digits, `_` and `-`, at most 64. */
  readonly name: string;
  readonly description: string;
  /** A valibot object schema. `v.description` on a field reaches the model; messages of its checks do too. */
  readonly input: Input;
  /** May run beside other calls of the same step; false where absent. */
  readonly concurrencySafe?: boolean;
  /** Changes nothing that outlives the call; false where absent. */
  readonly readOnly?: boolean;
  /** Running it twice is as good as once; false where absent. */
  readonly idempotent?: boolean;
  /** 120,000 where absent; 0 = no limit. */
  readonly timeoutMs?: number;
  execute(input: InferOutput<Input>, context: ToolContext): Promise<ToolOutput>;
}

/**
 * Makes the tool, with the JSON Schema that the model sees derived from `input`.
 *
 * Throws TypeError for a name that providers refuse, for a schema that is not of an object, and for one that JSON
 * Schema cannot say (a transformation, a custom check): put such checks into `execute`.
 */
export function defineTool<Input extends GenericSchema>(
  definition: ToolDefinition<Input>,
): Tool<InferOutput<Input>> {
  const { name, description, input, execute } = definition;
  if (!/^[a-zA-Z0-9_-]{1,64}$/.test(name))
    throw new TypeError(`The tool name "${name}" must be 1 to 64 letters, digits, _ and -.`);
  return Object.freeze({
    name,
    description,
    parameters: parametersOf(name, input),
    input: input as Tool<InferOutput<Input>>["input"],
    concurrencySafe: definition.concurrencySafe ?? false,
    readOnly: definition.readOnly ?? false,
    idempotent: definition.idempotent ?? false,
    timeoutMs: definition.timeoutMs ?? 120_000,
    execute: (given: InferOutput<Input>, context: ToolContext) => execute.call(definition, given, context),
  });
}

function parametersOf(name: string, input: GenericSchema): JsonObject {
  const { $schema: _, ...parameters } = convert(name, input);
  if (parameters.type !== "object")
    throw new TypeError(`The input of the tool ${name} must be an object: models write one for every call.`);
  return parameters as JsonObject;
}

function convert(name: string, input: GenericSchema): ReturnType<typeof toJsonSchema> {
  try {
    return toJsonSchema(input, { target: "draft-2020-12", typeMode: "input", errorMode: "throw" });
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw new TypeError(`The input of the tool ${name} cannot be written as JSON Schema: ${problem}`, {
      cause,
    });
  }
}
