// A daemon in a child process that ends itself at a named place of the code, as often as that was passed.
//
// It starts what `lathe up` starts, with the crash tools beside the built-in extensions.
import { openSync, writeSync } from "node:fs";
import { flushCompileCache } from "node:module";
import { parseArgs } from "node:util";
import { endOnBrokenPromise, endProcess } from "../cli/last-words.ts";
import { StopSignals } from "../cli/stop-signals.ts";
import { loadConfig } from "../config.ts";
import { startDaemon } from "../daemon/start-daemon.ts";
import { createCrashTools } from "./crash-tools.ts";
import { createEarlyConversations } from "./early-conversations.ts";
import { brokenEngines, createBrokenEngine } from "./workflows/broken-engine.ts";

/** Where the process ends itself: at the n-th time, from 1, that the failpoint is passed from now on. */
export interface KillAt {
  readonly name: string;
  readonly count: number;
}

export type FromDaemon =
  | { readonly type: "ready"; readonly url: string; readonly token: string }
  | { readonly type: "armed" };

endOnBrokenPromise();
const { values } = parseArgs({
  options: {
    state: { type: "string", default: "" },
    effects: { type: "string", default: "" },
    /** File that gets a line for each failpoint that is passed for the first time, and for the one that ends it. */
    passed: { type: "string", default: "" },
    "kill-at": { type: "string" },
    "early-conversations": { type: "boolean", default: false },
    "append-lies": { type: "boolean", default: false },
    "broken-engine": { type: "string" },
  },
});
const passedFile = openSync(values.passed, "a");
const passed = new Set<string>();
let killAt = values["kill-at"] === undefined ? undefined : (JSON.parse(values["kill-at"]) as KillAt);

// Whoever started it is gone: nobody would ever end it.
process.on("disconnect", () => process.kill(process.pid, "SIGKILL"));
process.on("message", (arming: KillAt) => {
  killAt = arming;
  tell({ type: "armed" });
});

const brokenEngine = brokenEngines.find((kind) => kind === values["broken-engine"]);
const signals = new StopSignals();
const config = loadConfig({
  flags: { state: values.state, port: "0" },
  environment: process.env,
  cwd: process.cwd(),
});
const daemon = await startDaemon({
  config,
  environment: process.env,
  fatal: endProcess,
  tell: (sentence) => process.stderr.write(`${sentence}\n`),
  extra: [
    createCrashTools({ effectsFile: values.effects, appendLies: values["append-lies"] }),
    ...(values["early-conversations"] ? [createEarlyConversations()] : []),
    ...(brokenEngine === undefined ? [] : [createBrokenEngine(brokenEngine)]),
  ],
  failpoints: pass,
});
tell({ type: "ready", url: daemon.url, token: daemon.token });
// A killed process leaves nothing else behind for the next one to start quickly with.
flushCompileCache();
await signals.first();
await daemon.stop(config.drainGraceMs);
process.exit(0);

function pass(name: string): void {
  const isLast = killAt?.name === name && killAt.count === 1;
  if (killAt?.name === name) killAt = { name, count: killAt.count - 1 };
  if (!passed.has(name)) writeSync(passedFile, `passed ${name}\n`);
  passed.add(name);
  if (!isLast) return;
  writeSync(passedFile, `killed ${name}\n`);
  process.kill(process.pid, "SIGKILL");
}

function tell(message: FromDaemon): void {
  process.send?.(message);
}
