// Which syntax a script may hold. What is not listed is refused, so that syntax which engines learn later stays out
// until somebody has looked at it.
import type { Identifier, Literal, Node, Program, TemplateElement } from "acorn";
import { Refusal } from "./refusal.ts";
import { walkTree } from "./syntax-tree.ts";

/** What later steps need to know about the nodes, collected on the one walk. */
export interface SyntaxFacts {
  /** Strings, regular expressions and parts of templates, in the order of the source. */
  readonly literals: readonly LiteralText[];
  /** Every name that occurs, property names included. */
  readonly names: ReadonlySet<string>;
  /** What `typeof` stands before. */
  readonly typeofOperands: ReadonlySet<Node>;
  /** The values of properties that are written as one name. */
  readonly shorthandValues: ReadonlySet<Node>;
  /** The names that what `new` creates begins with. */
  readonly newBeginnings: ReadonlySet<Node>;
}

export interface LiteralText {
  readonly start: number;
  readonly end: number;
  /** Its raw text can be seen by the script. */
  readonly tagged: boolean;
}

// Exports pass here: which of them a file may have depends on its dialect.
const allowedTypes: ReadonlySet<string> = new Set(
  `Program ExpressionStatement BlockStatement StaticBlock EmptyStatement ReturnStatement LabeledStatement
  BreakStatement ContinueStatement IfStatement SwitchStatement SwitchCase ThrowStatement TryStatement CatchClause
  WhileStatement DoWhileStatement ForStatement ForInStatement ForOfStatement FunctionDeclaration VariableDeclaration
  VariableDeclarator ThisExpression ArrayExpression ObjectExpression Property FunctionExpression UnaryExpression
  UpdateExpression BinaryExpression AssignmentExpression LogicalExpression MemberExpression ConditionalExpression
  CallExpression NewExpression SequenceExpression ArrowFunctionExpression YieldExpression TemplateLiteral
  TaggedTemplateExpression TemplateElement ObjectPattern ArrayPattern RestElement SpreadElement AssignmentPattern
  ClassBody MethodDefinition PropertyDefinition ClassDeclaration ClassExpression MetaProperty AwaitExpression Super
  Identifier PrivateIdentifier Literal ChainExpression ExportNamedDeclaration ExportDefaultDeclaration
  ExportSpecifier ExportAllDeclaration`.split(/\s+/),
);

const refusedTypes: Readonly<Record<string, string>> = {
  ImportExpression: "import() is not available in workflow scripts",
  ImportDeclaration: "import is not available in workflow scripts",
  DebuggerStatement: "debugger is not available in workflow scripts",
  WithStatement: "with is not available in workflow scripts",
};

/** Throws a Refusal at the first node that a script may not hold. */
export function checkSyntax(program: Program): SyntaxFacts {
  const literals: LiteralText[] = [];
  const names = new Set<string>();
  const typeofOperands = new Set<Node>();
  const shorthandValues = new Set<Node>();
  const newBeginnings = new Set<Node>();
  const taggedTemplates = new Set<Node>();

  const visitors: Readonly<Record<string, (node: never) => void>> = {
    Identifier: (node: Identifier) => names.add(node.name),
    Literal: (node: Literal) => {
      if (typeof node.value === "string" || node.regex) literals.push(textOf(node, false));
    },
    TemplateElement: (node: TemplateElement) => literals.push(textOf(node, taggedTemplates.has(node))),
    TaggedTemplateExpression: (node: Parts<{ quasi: { quasis: Node[] } }>) => {
      for (const part of node.quasi.quasis) taggedTemplates.add(part);
    },
    UnaryExpression: (node: Parts<{ operator: string; argument: Node }>) => {
      if (node.operator === "typeof") typeofOperands.add(node.argument);
    },
    Property: (node: Parts<{ shorthand: boolean; value: Node }>) => {
      if (node.shorthand) shorthandValues.add(node.value);
    },
    NewExpression: (node: Parts<{ callee: Node }>) => newBeginnings.add(beginningOf(node.callee)),
  };

  for (const node of walkTree(program)) {
    checkNode(node);
    visitors[node.type]?.(node as never);
  }
  // A template comes with its texts before its expressions.
  literals.sort((a, b) => a.start - b.start);
  return { literals, names, typeofOperands, shorthandValues, newBeginnings };
}

type Parts<Shape> = Node & Shape;

function checkNode(node: Node): void {
  const refused = refusedTypes[node.type];
  if (refused !== undefined) throw new Refusal("script-refused", refused, node.start);
  if (!allowedTypes.has(node.type)) {
    throw new Refusal(
      "script-refused",
      `This syntax (${node.type}) is not available in workflow scripts`,
      node.start,
    );
  }
  if (node.type === "MetaProperty" && (node as Parts<{ meta: Identifier }>).meta.name === "import") {
    throw new Refusal("script-refused", "import.meta is not available in workflow scripts", node.start);
  }
  if (node.type === "VariableDeclaration" && /using/.test((node as Parts<{ kind: string }>).kind)) {
    throw new Refusal("script-refused", "using is not available in workflow scripts", node.start);
  }
}

function textOf(node: Node, tagged: boolean): LiteralText {
  return { start: node.start, end: node.end, tagged };
}

/** `a` of `a.b.c`. */
function beginningOf(callee: Node): Node {
  let node = callee;
  for (;;) {
    if (node.type === "MemberExpression") node = (node as Parts<{ object: Node }>).object;
    else if (node.type === "TaggedTemplateExpression") node = (node as Parts<{ tag: Node }>).tag;
    else return node;
  }
}
