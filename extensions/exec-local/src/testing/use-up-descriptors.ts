// Runs a command and reads a file while this process has no free descriptor, and again when it has some.
// Arguments: the root, and a folder for the pipes. Says what happened as one line of JSON.
import { closeSync, openSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { LocalBackend } from "../edge/local-backend.ts";
import { OutputPipes } from "../edge/output-pipes.ts";
import { shellLine } from "./shell-line.ts";

const [root = "", pipesFolder = ""] = process.argv.slice(2);
const searchPath = process.env.PATH ?? "/usr/bin:/bin";
const pipes = new OutputPipes(pipesFolder, searchPath);
await pipes.prepare();
const backend = new LocalBackend(
  {
    clock: { nowMs: Date.now, monotonicMs: () => performance.now() },
    timers: { sleep: (ms) => sleep(ms), after: startTimer },
    pipes,
    passedOn: { PATH: searchPath },
    shell: ["/bin/sh", "-c", "--"],
    limiter: [],
    newMarker: () => crypto.randomUUID(),
  },
  () => {},
);

const answer = { before: await observe(), usedUp: "", meanwhile: "", during: "", after: "" };
const taken = useUp();
answer.usedUp = await observe();
for (const descriptor of taken.splice(0)) closeSync(descriptor);
// A tree that has to be ended while nothing can be looked at is ended as soon as something can.
const control = new AbortController();
const running = backend.run({
  ...shellLine(root, "setsid sleep 1000 & echo ready; wait"),
  signal: control.signal,
  onOutput: () => {
    taken.push(...useUp());
    control.abort();
  },
});
answer.meanwhile = (await running).kind;
answer.during = await observe();
for (const descriptor of taken) closeSync(descriptor);
await backend.close();
answer.after = await observe();
process.stdout.write(JSON.stringify(answer));

function startTimer(ms: number, callback: () => void): () => void {
  const timer = setTimeout(callback, ms);
  return () => clearTimeout(timer);
}

function useUp(): number[] {
  const descriptors: number[] = [];
  try {
    for (;;) descriptors.push(openSync("/dev/null", "r"));
  } catch {
    return descriptors;
  }
}

async function observe(): Promise<string> {
  const outcome = await backend.run(shellLine(root, "echo fine"));
  const command = outcome.kind === "not-started" ? outcome.reason : outcome.kind;
  const file = await backend
    .files(root)
    .read("a.txt", { offset: 0, bytesMax: 10 })
    .then(
      () => "read",
      (error: { code: string }) => error.code,
    );
  return `${command}, ${file}`;
}
