// Keeps where each conversation stands and what its turns took, and shows both.
import { type Activate, SnapshotsService, StorageService } from "@lathe/kernel";
import { SnapshotShelf } from "./core/snapshot-shelf.ts";

export const activate: Activate = (host) => {
  host.offer(SnapshotsService, new SnapshotShelf(host.use(StorageService)));
};
