// The tree as the parser gives it, seen without knowing each kind of node, and walked without recursion: scripts may be
// nested deeper than the stack is.
import type { Node } from "acorn";

/** A list of children is asked for once per node. Siblings and descendants come in the order of the source. */
export function* walkTree(root: Node): Generator<Node> {
  const waiting: Node[] = [root];
  for (;;) {
    const node = waiting.pop();
    if (node === undefined) return;
    yield node;
    const children = childrenOf(node);
    for (let index = children.length - 1; index >= 0; index -= 1) waiting.push(children[index] as Node);
  }
}

function childrenOf(node: Node): Node[] {
  const children: Node[] = [];
  for (const value of Object.values(node)) {
    for (const item of Array.isArray(value) ? value : [value]) if (isNode(item)) children.push(item);
  }
  return children;
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";
}
