// Contributes the tools that read, write, edit, list and search files.
import { type Activate, Timers, type Tool, Tools } from "@lathe/kernel";
import { parseConfig } from "./config.ts";
import { Gate } from "./core/gate.ts";
import { createEditFile } from "./edit-file.ts";
import { createListFiles } from "./list-files.ts";
import { createReadFile } from "./read-file.ts";
import { createSearchFiles } from "./search-files.ts";
import { createWriteFile } from "./write-file.ts";

export const activate: Activate = (host, scope) => {
  const config = parseConfig(host.config);
  const stopping = new AbortController();
  scope.own(() => stopping.abort());
  const tools = [
    createReadFile(config),
    createWriteFile(),
    createEditFile(config),
    createListFiles(),
    createSearchFiles({
      config,
      timers: host.power(Timers),
      gate: new Gate(config.searchesAtOnceMax),
      stopping: stopping.signal,
    }),
  ] as readonly Tool[];
  for (const tool of tools) host.contribute(Tools, tool.name, tool);
};
