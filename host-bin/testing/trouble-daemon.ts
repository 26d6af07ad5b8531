// A daemon with the trouble tools and two guests beside the built-in extensions. It takes the command line of `lathe up`.
import { parseArgs } from "node:util";
import { HttpAddressService } from "@lathe/wire";
import { compose } from "../compose.ts";
import { loadConfig } from "../config.ts";
import { guests } from "./guests.ts";
import { troubleTools } from "./trouble-tools.ts";

const { values } = parseArgs({
  allowPositionals: true,
  options: { state: { type: "string", default: "" }, port: { type: "string", default: "0" } },
});
const config = loadConfig({ flags: values, environment: process.env, cwd: process.cwd() });
const composition = await compose({
  stateFolder: config.stateFolder,
  config: config.extensions,
  environment: process.env,
  extra: [troubleTools, guests],
});
const troubled = composition.host.report().filter(({ kind }) => kind !== "active");
if (troubled.length > 0) throw new Error(JSON.stringify(troubled));
process.stdout.write(`Lathe is ready on ${composition.use(HttpAddressService).url}\n`);
