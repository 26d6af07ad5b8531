// Keeps where each conversation stands and what its turns took, and shows both.
import { type Activate, ConversationsService, SnapshotsService, StorageService } from "@lathe/kernel";
import { Operations } from "@lathe/wire";
import { snapshotOperations } from "./core/operations.ts";
import { SnapshotShelf } from "./core/snapshot-shelf.ts";
import { TurnHistory } from "./core/turn-history.ts";

export const activate: Activate = (host, scope) => {
  const storage = host.use(StorageService);
  const shelf = new SnapshotShelf(storage);
  const conversations = host.use(ConversationsService);
  scope.own(conversations.onErased((conversationId, keptSeq) => shelf.eraseAfter(conversationId, keptSeq)));
  host.offer(SnapshotsService, shelf);
  const history = new TurnHistory({ storage, conversations, snapshots: shelf });
  for (const operation of snapshotOperations({ conversations, snapshots: shelf, history }))
    host.contribute(Operations, operation.name, operation);
};
