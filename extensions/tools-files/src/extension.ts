// Contributes the tools that read, write, edit, list and search files.
import { type Activate, Timers, type Tool, Tools } from "@lathe/kernel";
import { parseConfig } from "./config.ts";
import { createEditFile } from "./edit-file.ts";
import { createListFiles } from "./list-files.ts";
import { createReadFile } from "./read-file.ts";
import { createSearchFiles } from "./search-files.ts";
import { createWriteFile } from "./write-file.ts";

export const activate: Activate = (host) => {
  const config = parseConfig(host.config);
  const tools = [
    createReadFile(config),
    createWriteFile(),
    createEditFile(config),
    createListFiles(),
    createSearchFiles(config, host.power(Timers)),
  ] as readonly Tool[];
  for (const tool of tools) host.contribute(Tools, tool.name, tool);
};
