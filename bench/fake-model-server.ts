// A fast fake model server in a process of its own, so that the agent's process is what is measured.
//
//   node bench/fake-model-server.ts --port 0
//
// prints its URL on the first line, in the form that clients take as the base URL of the API.

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { parseArgs } from "node:util";
import { type AnswerPlan, defaultPlan, defaultToolName, planWords } from "./fake-model/answer-plan.ts";
import { createFakeModelListener } from "./fake-model/listener.ts";
import { type SpawnedServer, startServer } from "./harness/spawned-server.ts";

if (import.meta.main) serveFromFlags();

/**
 * Starts the server as a child process and settles when it listens; `url` is the base URL of its API.
 *
 * `flags` are those of the command line; `prefix` is a command that runs it, such as `taskset -c 1`.
 * The caller must close it; it also ends when the caller's process does.
 */
export function startFakeModelServer(
  flags: readonly string[] = [],
  prefix: readonly string[] = [],
): Promise<SpawnedServer> {
  return startServer({
    argv: [...prefix, process.execPath, import.meta.filename, "--until-stdin-ends", ...flags],
  });
}

function serveFromFlags(): void {
  const text = { type: "string" } as const;
  const { values } = parseArgs({
    options: {
      port: { type: "string", default: "0" },
      host: { type: "string", default: "127.0.0.1" },
      tool: { type: "string", default: defaultToolName },
      "until-stdin-ends": { type: "boolean", default: false },
      ...{ steps: text, calls: text, chunks: text, bytes: text, delay: text, first: text },
    },
  });
  const server = createServer(
    createFakeModelListener({ defaults: planFromFlags(values), toolName: values.tool }),
  );
  // A client must never find a connection closed that it kept for its next turn.
  server.keepAliveTimeout = 0;
  server.requestTimeout = 0;
  server.listen(Number(values.port), values.host, () => {
    const { port } = server.address() as AddressInfo;
    process.stdout.write(`http://${values.host}:${port}/v1\n`);
  });
  if (values["until-stdin-ends"]) process.stdin.resume().on("end", () => process.exit());
}

function planFromFlags(flags: Readonly<Record<string, unknown>>): AnswerPlan {
  const named = planWords
    .filter((word) => flags[word] !== undefined)
    .map((word) => [word, Number(flags[word])]);
  const plan: AnswerPlan = { ...defaultPlan, ...Object.fromEntries(named) };
  for (const word of planWords) {
    const least = word === "calls" || word === "bytes" ? 1 : 0;
    if (!Number.isInteger(plan[word]) || plan[word] < least) {
      throw new RangeError(`--${word} takes a whole number from ${least}.`);
    }
  }
  return plan;
}
