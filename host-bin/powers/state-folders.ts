import { join } from "node:path";
import type { StateFolderPower } from "@lathe/kernel";
import { makePrivateFolder } from "./private-folder.ts";

/** Makes the folder of one extension below the daemon's state folder. Throws PrivateFolderError. */
export function openStateFolder(stateFolder: string, extensionId: string): StateFolderPower {
  const extensions = join(stateFolder, "extensions");
  makePrivateFolder(extensions);
  const path = join(extensions, extensionId);
  makePrivateFolder(path);
  return Object.freeze({ path });
}
