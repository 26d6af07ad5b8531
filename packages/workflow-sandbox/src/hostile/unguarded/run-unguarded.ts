import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

const childPath = fileURLToPath(new URL("./unguarded-child.cjs", import.meta.url));
const patienceMs = 10_000;

/**
 * What a script returns where nothing guards the host; "" where it does not end. The process may read its own program
 * and nothing else.
 */
export async function runUnguarded(source: string): Promise<string> {
  const child = spawn(process.execPath, ["--permission", "--allow-fs-read=*", "--no-warnings", childPath], {
    stdio: ["pipe", "pipe", "ignore"],
    env: {},
    timeout: patienceMs,
    killSignal: "SIGKILL",
  });
  child.stdin.on("error", () => undefined);
  child.stdin.end(source);
  return await text(child.stdout);
}
