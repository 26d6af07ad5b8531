// Keeps where each conversation stands and what its turns took, and shows both.
import { type Activate, ConversationsService, SnapshotsService, StorageService } from "@lathe/kernel";
import { SnapshotShelf } from "./core/snapshot-shelf.ts";

export const activate: Activate = (host, scope) => {
  const shelf = new SnapshotShelf(host.use(StorageService));
  const conversations = host.use(ConversationsService);
  scope.own(conversations.onErased((conversationId, keptSeq) => shelf.eraseAfter(conversationId, keptSeq)));
  host.offer(SnapshotsService, shelf);
};
