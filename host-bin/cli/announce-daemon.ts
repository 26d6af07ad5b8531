// What `lathe up` says after the URL: how to use it, and which models there are.
import { join } from "node:path";
import { type AnyOperation, Operations } from "@lathe/wire";
import type { Config } from "../config.ts";
import type { Daemon } from "../daemon/start-daemon.ts";
import type { ModelAnswer } from "./model-answer.ts";
import { printLine, safeText } from "./terminal.ts";

export async function announceDaemon(daemon: Daemon, config: Config): Promise<void> {
  const { url, token, composition } = daemon;
  printLine("");
  printLine(`  Call        curl -H 'Authorization: Bearer ${token}' ${url}/api/conversations`);
  printLine(`  Ask         npx lathe run "what is in this folder?"`);
  printLine(`  State       ${config.stateFolder} (the token is in ${join(config.stateFolder, "token")})`);
  if (config.files.length > 0) printLine(`  Configured  ${config.files.join(", ")}`);
  printLine(
    `  Models      ${safeText(await modelsLine(composition.host.contributions(Operations).get("models.list")))}`,
  );
}

async function modelsLine(operation: AnyOperation | undefined): Promise<string> {
  if (operation === undefined) return "none, since no active extension lists them";
  const principal = { id: "local", scopes: ["read"] as const };
  const answer: ModelAnswer = await operation.run({}, { principal, signal: new AbortController().signal });
  const first = answer.default === null ? "none by default" : `${answer.default} by default`;
  const providers = Map.groupBy(answer.items, ({ provider }) => provider);
  const counts = [...providers].map(([provider, { length }]) => `${length} of ${provider}`);
  const failures = answer.failures.map(({ provider, message }) => `${provider} does not answer: ${message}`);
  return [first, ...counts, ...failures].join("; ");
}
