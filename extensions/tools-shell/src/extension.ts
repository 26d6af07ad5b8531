// Contributes the tool that runs command lines.
import { type Activate, Tools } from "@lathe/kernel";
import { parseConfig } from "./config.ts";
import { createRunCommand } from "./run-command.ts";

export const activate: Activate = (host) => {
  const tool = createRunCommand(parseConfig(host.config));
  host.contribute(Tools, tool.name, tool);
};
