import { constants } from "node:fs";
import { open } from "node:fs/promises";
import type { Pin } from "./pin.ts";

/** Makes the names in a folder durable. A pin cannot do that itself, so the folder is opened through it. */
export async function syncFolder(folder: Pin): Promise<void> {
  await using opened = await open(folder.door, constants.O_RDONLY | constants.O_DIRECTORY);
  await opened.sync();
}
