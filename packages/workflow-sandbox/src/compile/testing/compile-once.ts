// Compiles one script and prints the id of the process that did it. With `stay` it then waits to be killed.
import { CompileProcess } from "../compile-process.ts";

const parser = new CompileProcess({ timeoutMs: 60_000, memoryBytesMax: 2 ** 31, startTimeoutMs: 60_000 });
await parser.ask('export const meta = { name: "n", description: "d" }');
console.log(parser.pid);
if (process.argv[2] === "stay") setInterval(() => undefined, 1_000);
