// The suite on disk. Each file begins with what it tries, and with lines of settings:
//   // expect: safe | failed:script-error
//   // limits: wallMs=700
//   // bites
import { readdirSync, readFileSync } from "node:fs";
import type { GuestLimits } from "../contract.ts";
import type { HostileScript } from "./hostile-script.ts";
import { textScripts } from "./text-scripts.ts";

const folder = new URL("./scripts/", import.meta.url);
/** The beginning of every script that needs to know what it has reached. */
export const prelude: string = readFileSync(new URL("./prelude.js", import.meta.url), "utf8");
const head = 'export const meta = { name: "hostile", description: "One of the hostile scripts." };\n';

export function loadScripts(): readonly HostileScript[] {
  const fromFiles = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".js"))
    .sort()
    .map(loadScript);
  return [...fromFiles, ...textScripts];
}

export function withMeta(text: string): string {
  return head + text;
}

function loadScript(path: string): HostileScript {
  const text = readFileSync(new URL(path, folder), "utf8");
  const settings = /^(?:\/\/.*\n)+/.exec(text)?.[0] ?? "";
  const expected = settingOf(settings, "expect");
  if (expected === "") throw new Error(`${path} does not say what to expect.`);
  return {
    name: path.replaceAll("\\", "/").slice(0, -".js".length),
    tries: settings.slice("// ".length, settings.indexOf("\n")),
    expected: expected.split(" | "),
    source: exportsSomething(text) ? text : withMeta(prelude + text),
    limits: limitsOf(settingOf(settings, "limits")),
    bites: /^\/\/ bites$/m.test(settings),
  };
}

/** Such a script stands for itself. */
function exportsSomething(text: string): boolean {
  return /^export (?:const|let|default)\b/m.test(text);
}

function settingOf(settings: string, name: string): string {
  return new RegExp(`^// ${name}: (.*)$`, "m").exec(settings)?.[1] ?? "";
}

function limitsOf(setting: string): Partial<GuestLimits> {
  const pairs = setting.split(" ").filter(Boolean);
  return Object.fromEntries(pairs.map((pair) => [pair.split("=")[0], Number(pair.split("=")[1])]));
}
