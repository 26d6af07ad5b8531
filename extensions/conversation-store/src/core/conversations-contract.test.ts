import { testConversationsContract } from "@lathe/extension-kit/testing";
import { openTestLog } from "../testing/test-log.ts";

testConversationsContract("the conversation log", async () => openTestLog().log);
testConversationsContract("the conversation log that keeps no more than one head in memory", async () => {
  return openTestLog({ headCacheCountMax: 1 }).log;
});
