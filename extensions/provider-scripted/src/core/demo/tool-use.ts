// Turns a wish into a call of a tool that is declared.
import type { JsonObject, ToolDeclaration } from "@lathe/kernel";
import type { Wish } from "./wishes.ts";

export type ToolUse =
  | { readonly kind: "call"; readonly wish: Wish; readonly name: string; readonly input: JsonObject }
  /** The tool is not declared, or takes other arguments than the demo knows. */
  | { readonly kind: "missing"; readonly wish: Wish; readonly name: string };

export const toolNames: Readonly<Record<Wish["kind"], string>> = {
  list: "list_files",
  read: "read_file",
  search: "search_files",
  write: "write_file",
  run: "run_command",
};

export function toolUseFor(wish: Wish, tools: readonly ToolDeclaration[]): ToolUse {
  const name = toolNames[wish.kind];
  const tool = tools.find((declared) => declared.name === name);
  const input = tool === undefined ? undefined : inputFor(wish, tool.parameters);
  return input === undefined ? { kind: "missing", wish, name } : { kind: "call", wish, name, input };
}

/** What the wish says, under the first name for it that the tool's schema has. */
function inputFor(wish: Wish, parameters: JsonObject): JsonObject | undefined {
  const properties = objectAt(parameters, "properties");
  const required = parameters.required;
  const input: Record<string, string | boolean> = {};
  for (const [names, value] of wordsOf(wish)) {
    const name = names.find((candidate) => Object.hasOwn(properties, candidate));
    if (name !== undefined) input[name] = value;
    else if (typeof value === "string") return undefined;
  }
  const isComplete = !Array.isArray(required) || required.every((name) => Object.hasOwn(input, String(name)));
  return isComplete ? input : undefined;
}

function wordsOf(wish: Wish): readonly (readonly [readonly string[], string | boolean])[] {
  const path = ["path", "file", "filePath"];
  switch (wish.kind) {
    case "list":
      return [
        [["path", "folder", "directory"], wish.path],
        [["recursive"], wish.recursive],
      ];
    case "read":
      return [[path, wish.path]];
    case "search":
      return [[["pattern", "query", "text"], wish.pattern]];
    case "write":
      return [
        [path, wish.path],
        [["content", "text"], wish.content],
      ];
    case "run":
      return [[["command", "line"], wish.command]];
  }
}

function objectAt(value: JsonObject, key: string): JsonObject {
  const found = Object.hasOwn(value, key) ? value[key] : undefined;
  return typeof found === "object" && found !== null && !Array.isArray(found) ? (found as JsonObject) : {};
}
