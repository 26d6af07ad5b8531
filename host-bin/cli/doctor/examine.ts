// The order of the examination: this machine, the configuration, the state folder, and the daemon itself.

import { stateFolderOf } from "../../config/folders.ts";
import { type Config, loadConfig } from "../../config.ts";
import { type CommandCall, stateFlag } from "../command.ts";
import { examineDaemon } from "./examine-daemon.ts";
import { examineKeys } from "./examine-keys.ts";
import { examineNode } from "./examine-node.ts";
import { examineStateFolder } from "./examine-state-folder.ts";
import { type Finding, fail, ok, warn } from "./finding.ts";

/** Every finding, in order. Never rejects for what it finds. */
export async function examine(call: CommandCall): Promise<readonly Finding[]> {
  const findings: Finding[] = [examineNode(process.versions.node)];
  const config = configOf(call, findings);
  findings.push(examineKeys(call.environment));
  const flags = stateFlag(call);
  const stateFolder = stateFolderOf(flags.state, call.environment, call.cwd);
  const state = examineStateFolder(stateFolder);
  findings.push(...state);
  const isUsable = state.every(({ verdict }) => verdict !== "fail");
  if (isUsable) findings.push(...(await examineDaemon(stateFolder, config?.port)));
  return findings;
}

function configOf(call: CommandCall, findings: Finding[]): Config | undefined {
  try {
    const config = loadConfig({ flags: stateFlag(call), environment: call.environment, cwd: call.cwd });
    const read =
      config.files.length === 0 ? "There is no lathe.json; the defaults hold." : config.files.join(", ");
    findings.push(ok("configuration", read));
    for (const warning of config.warnings) findings.push(warn("configuration", warning, null));
    return config;
  } catch (failure) {
    const message = failure instanceof Error ? failure.message : String(failure);
    findings.push(fail("configuration", message, null));
    return undefined;
  }
}
