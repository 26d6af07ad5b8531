// A daemon that says how it is when it is sent SIGUSR2, and whose wall clock jumps a day ahead at SIGHUP and two days back
// at SIGWINCH. It takes the command line of `lathe up`; with `--leak` it keeps one closure for each of what is named.
import { channel } from "node:diagnostics_channel";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { parseArgs } from "node:util";
import { queryObjects, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { HttpAddressService } from "@lathe/wire";
import { compose } from "../../compose.ts";
import { loadConfig } from "../../config.ts";

const { values } = parseArgs({
  allowPositionals: true,
  options: {
    state: { type: "string", default: "" },
    port: { type: "string", default: "0" },
    leak: { type: "string" },
  },
});
const dayMs = 24 * 3_600_000;
const readClock = Date.now;
let aheadMs = 0;
Date.now = () => readClock() + aheadMs;
process.on("SIGHUP", () => {
  aheadMs += dayMs;
  process.stdout.write("jumped ahead\n");
});
process.on("SIGWINCH", () => {
  aheadMs -= 2 * dayMs;
  process.stdout.write("jumped back\n");
});

const config = loadConfig({ flags: values, environment: process.env, cwd: process.cwd() });
const composition = await compose({
  stateFolder: config.stateFolder,
  config: config.extensions,
  disabled: config.disabled,
  environment: process.env,
});
const troubled = composition.host.report().filter(({ kind }) => kind !== "active" && kind !== "disabled");
if (troubled.length > 0) throw new Error(JSON.stringify(troubled));
leakOneFor(values.leak);

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;
const delays = monitorEventLoopDelay({ resolution: 5 });
delays.enable();
let measuredCount = 0;
process.on("SIGUSR2", () => {
  const loopDelayMs = { max: delays.max / 1e6, p99: delays.percentile(99) / 1e6 };
  // What finalizers let go of goes in the second round.
  collectGarbage();
  setImmediate(() => {
    collectGarbage();
    const { rss: rssBytes, heapUsed, external } = process.memoryUsage();
    const { user, system } = process.cpuUsage();
    const measured = {
      rssBytes,
      heapBytes: heapUsed + external,
      functionCount: queryObjects(Function, { format: "count" }),
      cpuMs: (user + system) / 1_000,
      loopDelayMs,
    };
    measuredCount += 1;
    // The measurement itself was a delay, which is noted when the loop goes on.
    setTimeout(() => {
      delays.reset();
      process.stdout.write(`measured ${measuredCount} ${JSON.stringify(measured)}\n`);
    }, 50);
  });
});
process.stdout.write(`Lathe is ready on ${composition.use(HttpAddressService).url}\n`);

/** The leaks that a measurement has to find: for each request to a model, or for each connection of a client. */
function leakOneFor(name: string | undefined): void {
  if (name === undefined) return;
  const channels: Readonly<Record<string, string>> = {
    turn: "undici:request:create",
    connection: "http.server.request.start",
  };
  const kept: (() => number)[] = [];
  channel(channels[name] ?? name).subscribe(() => {
    const number = kept.length;
    kept.push(() => number);
  });
}
