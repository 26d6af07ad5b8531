// A pattern as a list of instructions: each is one place where a match may stand.
import type { CharacterSet, PatternNode } from "./pattern-tree.ts";

export type Instruction =
  | { readonly kind: "character"; readonly set: CharacterSet }
  | Extract<PatternNode, { kind: "assertion" }>
  | Fork
  | { readonly kind: "match" };

/** Goes on at each of these places. */
interface Fork {
  readonly kind: "fork";
  to: readonly number[];
}

export function programOf(tree: PatternNode): readonly Instruction[] {
  const program: Instruction[] = [];
  append(program, tree);
  program.push({ kind: "match" });
  return program;
}

function append(program: Instruction[], node: PatternNode): void {
  if (node.kind === "character" || node.kind === "assertion") program.push(node);
  else if (node.kind === "sequence") for (const part of node.parts) append(program, part);
  else if (node.kind === "choice") appendChoice(program, node.branches);
  else appendRepeat(program, node.body, node.min, node.max);
}

function appendChoice(program: Instruction[], branches: readonly PatternNode[]): void {
  const choose = appendFork(program);
  const starts: number[] = [];
  const ends: Fork[] = [];
  for (const branch of branches) {
    starts.push(program.length);
    append(program, branch);
    ends.push(appendFork(program));
  }
  choose.to = starts;
  for (const end of ends) end.to = [program.length];
}

function appendRepeat(program: Instruction[], body: PatternNode, min: number, max: number): void {
  for (let count = 0; count < min; count++) append(program, body);
  if (max === Number.POSITIVE_INFINITY) appendLoop(program, body);
  else appendOptional(program, body, max - min);
}

function appendLoop(program: Instruction[], body: PatternNode): void {
  const start = program.length;
  const enter = appendFork(program);
  append(program, body);
  appendFork(program).to = [start];
  enter.to = [start + 1, program.length];
}

function appendOptional(program: Instruction[], body: PatternNode, count: number): void {
  const exits: Fork[] = [];
  for (let index = 0; index < count; index++) {
    const exit = appendFork(program);
    exit.to = [program.length];
    exits.push(exit);
    append(program, body);
  }
  for (const exit of exits) exit.to = [...exit.to, program.length];
}

function appendFork(program: Instruction[]): Fork {
  const fork: Fork = { kind: "fork", to: [] };
  program.push(fork);
  return fork;
}
