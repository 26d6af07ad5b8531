// C14s: every rule on strings that are made against it. Time must grow with the length, not with its square: twice the
// text may take a little more than twice the time, and a square would take four times as much.
import { expect, test } from "vitest";
import { createRedaction } from "./index.ts";
import { fragments } from "./testing/fragments.ts";

const redaction = createRedaction();
for (let count = 0; count < 10; count += 1) redaction.register(`aaaaaaaaaaaaaaab${count}`);

const units = [
  ...new Set([
    ...fragments,
    "A1b",
    "sk-a",
    "eyJaaaaaaaaaa.",
    "a://b:",
    "secret = 'b\"",
    "cookie: a=",
    "token: ",
  ]),
];
const leads = ['password="', "-----BEGIN PRIVATE KEY-----\n"];
const megabyte = 1_000_000;

test("H5s, C14s: a megabyte of every unit takes time in proportion to its length", () => {
  expect(units.filter((unit) => !isLinear("", unit, redaction.text, megabyte))).toEqual([]);
}, 120_000);

test("H5s, C14s: also inside of a pair, and inside of a private key", () => {
  for (const lead of leads)
    expect(units.filter((unit) => !isLinear(lead, unit, redaction.text, megabyte / 4))).toEqual([]);
}, 120_000);

test("H5s, C14s: also in small pieces", () => {
  expect(units.filter((unit) => !isLinear("", unit, throughStream, megabyte / 4))).toEqual([]);
}, 120_000);

function throughStream(text: string): void {
  const stream = redaction.stream();
  for (let at = 0; at < text.length; at += 9) stream.push(text.slice(at, at + 9));
  stream.end();
}

/** A square of this many characters takes minutes; what takes longer than a second has to prove that it is none. */
function isLinear(lead: string, unit: string, run: (text: string) => void, length: number): boolean {
  const textOf = (wanted: number): string => lead + unit.repeat(Math.ceil(wanted / unit.length));
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const wholeMs = cpuMs(() => run(textOf(length)));
    if (wholeMs < 1_000) return true;
    const halfMs = cpuMs(() => run(textOf(length / 2)));
    if (wholeMs / halfMs < 3) return true;
  }
  return false;
}

function cpuMs(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}
