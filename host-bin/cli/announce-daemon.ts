// What `lathe up` says after the URL: where to open it, how to use it, and which models there are.
import { join } from "node:path";
import { type Surface, Surfaces } from "@lathe/extension-kit";
import { type AnyOperation, Operations } from "@lathe/wire";
import type { ModelList } from "@lathe/wire/operations";
import type { Config } from "../config.ts";
import type { Daemon } from "../daemon/start-daemon.ts";
import { printLine, safeText } from "./terminal.ts";

export async function announceDaemon(daemon: Daemon, config: Config): Promise<void> {
  const { url, token, composition } = daemon;
  printLine("");
  printLine(`  Open        ${pageLine(composition.host.contributions(Surfaces).get("web-client"), daemon)}`);
  printLine(`  Call        curl -H 'Authorization: Bearer ${token}' ${url}/api/conversations`);
  printLine(`  Ask         npx lathe run "what is in this folder?"`);
  printLine(`  State       ${config.stateFolder} (the token is in ${join(config.stateFolder, "token")})`);
  if (config.files.length > 0) printLine(`  Configured  ${config.files.join(", ")}`);
  printLine(
    `  Models      ${safeText(await modelsLine(composition.host.contributions(Operations).get("models.list")))}`,
  );
}

// Behind the # it stays in the browser: no server, no proxy and no log is ever sent it.
function pageLine(page: Surface | undefined, { url, token }: Daemon): string {
  const answer = page?.find({ path: "/", wantsPage: true });
  if (answer === undefined) return "no page, since the extension web-client is not active";
  return answer.status === 200 ? `${url}/#token=${token}` : "no page yet: npm run build:web builds it";
}

async function modelsLine(operation: AnyOperation | undefined): Promise<string> {
  if (operation === undefined) return "none, since no active extension lists them";
  const principal = { id: "local", scopes: ["read"] as const };
  const answer: ModelList = await operation.run({}, { principal, signal: new AbortController().signal });
  const first = answer.default === null ? "none by default" : `${answer.default} by default`;
  const providers = Map.groupBy(answer.items, ({ provider }) => provider);
  const counts = [...providers].map(([provider, { length }]) => `${length} of ${provider}`);
  const failures = answer.failures.map(({ provider, message }) => `${provider} does not answer: ${message}`);
  return [first, ...counts, ...failures].join("; ");
}
