import { stat } from "node:fs/promises";

/** Whether there is a folder of this path that this process can see. */
export async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
