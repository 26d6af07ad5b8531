export { createMemoryConversations, type MemoryConversations } from "./memory-conversations.ts";
export { type CommitGate, type MemoryStorage, openMemoryStorage } from "./storage/memory-storage.ts";
export { type StorageUnderTest, testStorageContract } from "./storage/storage-contract.ts";
