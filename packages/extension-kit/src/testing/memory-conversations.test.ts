import { testConversationsContract } from "./conversations-contract.ts";
import { createMemoryConversations } from "./memory-conversations.ts";
import { openMemoryStorage } from "./storage/memory-storage.ts";

testConversationsContract("memory", async () =>
  createMemoryConversations(openMemoryStorage().namespace("conversations")),
);
