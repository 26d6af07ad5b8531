// Which of the two forms a file has: what it exports decides.
import type { WorkflowDialect } from "@lathe/kernel";
import type { ExportNamedDeclaration, Expression, Identifier, Node, ObjectExpression, Program } from "acorn";
import { Refusal } from "./refusal.ts";

export interface Exported {
  readonly dialect: WorkflowDialect;
  /** What describes the workflow. */
  readonly object: ObjectExpression;
  /** What the wrapper does to the statements that say `export`; positions in the source, ascending. */
  readonly rewrites: readonly ExportRewrite[];
  /** The variable that holds the object; null = `export default {...}`, which has none. */
  readonly variable: string | null;
}

export interface ExportRewrite {
  readonly start: number;
  readonly end: number;
  /** `blank`: becomes spaces. `statement`: the same, and ends the statement before it. `declare`: gets a variable. */
  readonly kind: "blank" | "statement" | "declare";
}

/** One thing that is exported under one name. */
interface Export {
  readonly name: string;
  readonly value: Node | null;
  readonly variable: string | null;
  readonly at: number;
  readonly rewrite: ExportRewrite;
}

type Statement = Program["body"][number];

const example = 'export const meta = { name: "...", description: "..." }';

/** Throws a Refusal where neither form is there, or both, or something else is exported. */
export function readExports(program: Program): Exported {
  const found = program.body.flatMap((statement) => exportsOf(statement, program));
  const meta = found.find(({ name }) => name === "meta");
  const workflows = found.filter(({ name }) => name === "workflow" || name === "default");
  const other = found.find(({ name }) => !["meta", "workflow", "default"].includes(name));
  if (other) throw refusal(`export is not available in workflow scripts, except for ${example}`, other.at);
  if (meta && workflows[0]) {
    throw refusal("A file exports either meta or a workflow object, not both", workflows[0].at);
  }
  if (meta) return scriptForm(meta, program);
  if (workflows.length > 0) return objectForm(workflows);
  throw noMeta(program);
}

function scriptForm(meta: Export, program: Program): Exported {
  const [first] = program.body;
  if (first?.type !== "ExportNamedDeclaration" || first.start !== meta.at) {
    throw invalid(`The first statement must be ${example}`, meta.at);
  }
  const { declaration } = first;
  if (declaration?.type !== "VariableDeclaration" || declaration.kind !== "const") {
    throw invalid(`meta must be declared with const: ${example}`, meta.at);
  }
  if (meta.value?.type !== "ObjectExpression") {
    throw invalid("meta must be an object literal", meta.value?.start ?? meta.at);
  }
  return {
    dialect: "script",
    object: meta.value as ObjectExpression,
    rewrites: [meta.rewrite],
    variable: "meta",
  };
}

function objectForm(workflows: readonly Export[]): Exported {
  const [first, second] = workflows as readonly [Export, Export?];
  // `export const workflow = {...}; export default workflow` says the same thing twice.
  const other =
    workflows.find(({ value }) => value !== first.value) ?? (workflows.length > 2 ? second : undefined);
  if (other) throw refusal("A file exports one workflow object", other.at);
  const { value } = first;
  if (value?.type !== "ObjectExpression") {
    throw invalid("The exported workflow must be an object literal", value?.start ?? first.at);
  }
  return {
    dialect: "object",
    object: value as ObjectExpression,
    rewrites: workflows.map(({ rewrite }) => rewrite),
    variable: first.variable ?? second?.variable ?? null,
  };
}

function exportsOf(statement: Statement, program: Program): Export[] {
  switch (statement.type) {
    case "ExportAllDeclaration":
      return [{ ...noValue(statement, "*") }];
    case "ExportDefaultDeclaration": {
      const { declaration, start } = statement;
      const isName = declaration.type === "Identifier";
      const rewrite: ExportRewrite = isName
        ? { start, end: statement.end, kind: "statement" }
        : { start, end: declaration.start, kind: "declare" };
      const value = isName ? constantNamed(declaration.name, program) : declaration;
      return [{ name: "default", value, variable: isName ? declaration.name : null, at: start, rewrite }];
    }
    case "ExportNamedDeclaration":
      return namedExports(statement, program);
    default:
      return [];
  }
}

function namedExports(statement: ExportNamedDeclaration, program: Program): Export[] {
  const { declaration, start } = statement;
  if (statement.source) return [noValue(statement, "*")];
  if (!declaration) {
    if (statement.specifiers.length === 0) return [noValue(statement, "*")];
    return statement.specifiers.map(({ local, exported }): Export => {
      const variable = nameOf(local);
      const rewrite: ExportRewrite = { start, end: statement.end, kind: "statement" };
      return {
        name: nameOf(exported),
        value: constantNamed(variable, program),
        variable,
        at: start,
        rewrite,
      };
    });
  }
  if (declaration.type !== "VariableDeclaration") return [noValue(statement, declaration.id.name)];
  const rewrite: ExportRewrite = { start, end: start + "export".length, kind: "blank" };
  return declaration.declarations.map(({ id, init }): Export => {
    const variable = id.type === "Identifier" ? id.name : "*";
    return { name: variable, value: init ?? null, variable, at: start, rewrite };
  });
}

function noValue(statement: Node, name: string): Export {
  const { start, end } = statement;
  return { name, value: null, variable: null, at: start, rewrite: { start, end, kind: "statement" } };
}

/** What a constant of the file's top level is set to; null where there is none of that name. */
function constantNamed(name: string, program: Program): Expression | null {
  for (const statement of program.body) {
    const declaration = statement.type === "ExportNamedDeclaration" ? statement.declaration : statement;
    if (declaration?.type !== "VariableDeclaration" || declaration.kind !== "const") continue;
    const found = declaration.declarations.find(({ id }) => id.type === "Identifier" && id.name === name);
    if (found) return found.init ?? null;
  }
  return null;
}

function nameOf(node: Identifier | { readonly value?: unknown }): string {
  return "name" in node ? node.name : String(node.value);
}

function noMeta(program: Program): Refusal {
  const [first] = program.body;
  const isPlain =
    first?.type === "VariableDeclaration" &&
    first.declarations.some(({ id }) => id.type === "Identifier" && id.name === "meta");
  const message = isPlain ? `meta must be exported: ${example}` : `The first statement must be ${example}`;
  return invalid(message, first?.start ?? null);
}

function refusal(message: string, at: number): Refusal {
  return new Refusal("script-refused", message, at);
}

function invalid(message: string, at: number | null): Refusal {
  return new Refusal("invalid-meta", message, at);
}
