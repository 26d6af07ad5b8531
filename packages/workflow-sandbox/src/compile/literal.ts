// Values that are read from the text of a script, without running any of it.
import type { JsonObject, JsonValue } from "@lathe/kernel";
import type { Expression, Node, Property, SpreadElement } from "acorn";
import { Refusal } from "./refusal.ts";

const depthMax = 12;
const nodeCountMax = 2_000;
// Metadata is shown in lists and terminals. Escapes would bring in what a source may not hold as it stands.
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for.
const notShowable = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]|\p{Surrogate}/u;
const refusedKeys: readonly string[] = ["__proto__", "constructor", "prototype"];

/** Reads literals, and remembers where one was put together from several. */
export class LiteralReader {
  /** The place of the first `+` between texts; null = there was none. */
  joinedAt: number | null = null;
  readonly #what: string;
  #nodeCount = 0;

  /** `what` is the word for it in errors. */
  constructor(what: string) {
    this.#what = what;
  }

  /** Throws a Refusal at the first part that is no literal. */
  read(node: Expression, depth = 0): JsonValue {
    this.#nodeCount += 1;
    if (depth > depthMax) throw this.refuse(`is nested more than ${depthMax} deep`, node);
    if (this.#nodeCount > nodeCountMax) throw this.refuse(`has more than ${nodeCountMax} parts`, node);
    switch (node.type) {
      case "ObjectExpression":
        return this.#readObject(node.properties, depth);
      case "ArrayExpression":
        return node.elements.map((element) => {
          if (element === null) throw this.refuse("must be a pure literal: a hole is none", node);
          if (element.type === "SpreadElement") throw this.#notPure("a spread", element);
          return this.read(element, depth + 1);
        });
      case "BinaryExpression":
        return this.#readJoined(node, depth);
      default:
        return this.#readPlain(node);
    }
  }

  /** The name of a property. Throws a Refusal where it is computed, or could reach a prototype. */
  readKey(property: Property): string {
    if (property.computed) throw this.#notPure("a computed key", property);
    const { key } = property;
    const name = key.type === "Identifier" ? key.name : key.type === "Literal" ? String(key.value) : "";
    if (refusedKeys.includes(name)) throw this.refuse(`must not have the key ${name}`, property);
    return this.#showable(name, property);
  }

  refuse(problem: string, node: Node): Refusal {
    return new Refusal("invalid-meta", `${this.#what} ${problem}`, node.start);
  }

  #readObject(properties: readonly (Property | SpreadElement)[], depth: number): JsonObject {
    const read: Record<string, JsonValue> = {};
    for (const property of properties) {
      if (property.type === "SpreadElement") throw this.#notPure("a spread", property);
      if (property.kind !== "init") throw this.#notPure("a getter or setter", property);
      if (property.method) throw this.#notPure("a method", property);
      if (property.shorthand) throw this.#notPure("a shorthand property", property);
      read[this.readKey(property)] = this.read(property.value, depth + 1);
    }
    return read;
  }

  #readPlain(node: Expression): JsonValue {
    if (node.type === "TemplateLiteral") {
      const text = node.expressions.length === 0 ? node.quasis[0]?.value.cooked : undefined;
      if (typeof text === "string") return this.#showable(text, node);
      throw this.#notPure("a template with parts to fill in", node);
    }
    if (node.type === "UnaryExpression" && /^[-+]$/.test(node.operator)) {
      const value = node.argument.type === "Literal" ? node.argument.value : undefined;
      if (typeof value === "number") return this.#finite(node.operator === "-" ? -value : value, node);
    }
    if (node.type !== "Literal") throw this.#notPure(nameOfKind(node), node);
    const { value } = node;
    if (node.regex) throw this.#notPure("a regular expression", node);
    if (typeof value === "number") return this.#finite(value, node);
    if (typeof value === "string") return this.#showable(value, node);
    if (typeof value === "boolean" || value === null) return value;
    throw this.#notPure("a BigInt", node);
  }

  /** Texts joined by `+` lean to the left, as many as there are: a loop, where recursion would count as depth. */
  #readJoined(node: Expression & { type: "BinaryExpression" }, depth: number): string {
    const parts: string[] = [];
    let left: Expression = node;
    while (left.type === "BinaryExpression") {
      if (left.operator !== "+" || left.left.type === "PrivateIdentifier")
        throw this.#notPure("a calculation", left);
      parts.push(this.#readPart(left.right, depth));
      left = left.left;
    }
    parts.push(this.#readPart(left, depth));
    this.joinedAt ??= node.start;
    return parts.reverse().join("");
  }

  #readPart(node: Expression, depth: number): string {
    const value = this.read(node, depth + 1);
    if (typeof value !== "string") throw this.#notPure("a calculation", node);
    return value;
  }

  #showable(text: string, node: Node): string {
    if (notShowable.test(text))
      throw this.refuse("must not hold control characters or halves of characters", node);
    return text;
  }

  #finite(value: number, node: Node): number {
    if (!Number.isFinite(value)) throw this.refuse("must hold finite numbers only", node);
    return value;
  }

  #notPure(what: string, node: Node): Refusal {
    return this.refuse(`must be a pure literal: ${what} is none`, node);
  }
}

function nameOfKind(node: Expression): string {
  switch (node.type) {
    case "Identifier":
      return `the name ${node.name.slice(0, 80)}`;
    case "CallExpression":
    case "NewExpression":
      return "a call";
    case "FunctionExpression":
    case "ArrowFunctionExpression":
      return "a function";
    case "ClassExpression":
      return "a class";
    case "UnaryExpression":
      return "a calculation";
    default:
      return "an expression";
  }
}
