export { testConversationsContract } from "./conversations-contract.ts";
export { type FakeClock, type FakeTimers, fakeClock, fakeTimers } from "./fake-time.ts";
export { fixedEnvironment } from "./fixed-environment.ts";
export {
  stepComplete,
  type TurnPlace,
  turnDone,
  turnSealed,
  turnStart,
  userMessage,
} from "./log-events.ts";
export { createMemoryConversations, type MemoryConversations } from "./memory-conversations.ts";
export { createMemorySnapshots } from "./memory-snapshots.ts";
export {
  type CollectedAnswer,
  collectAnswer,
  collectBatches,
  joinDeltas,
} from "./provider/collect-answer.ts";
export { plainRequest, quietContext } from "./provider/plain-request.ts";
export { type CutSubject, decodePieces, testCuts } from "./provider/test-cuts.ts";
export { faultKey, type ProviderUnderFaults, testProviderFaults } from "./provider/test-provider-faults.ts";
export { type RecordedSubject, testRecordings } from "./provider/test-recordings.ts";
export { realClock, realTimers } from "./real-time.ts";
export { type RecordingSink, recordingSink } from "./recording-sink.ts";
export { sequentialIds } from "./sequential-ids.ts";
export { type CommitGate, type MemoryStorage, openMemoryStorage } from "./storage/memory-storage.ts";
export { type StorageUnderTest, testStorageContract } from "./storage/storage-contract.ts";
export { openTemporaryStateFolder } from "./temporary-state-folder.ts";
export {
  type FakeContribution,
  type FakeService,
  fakeContribution,
  fakeService,
  openTestHost,
  type TestHost,
  type TestHostOptions,
} from "./test-host.ts";
export { testNetwork } from "./test-network.ts";
