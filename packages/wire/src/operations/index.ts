export { type AgentList, agentsList, type ListedAgent } from "./agents.ts";
export { apiDescribe } from "./api.ts";
export { conversationsChanges, type FeedAnswer, runsChanges } from "./changes.ts";
export {
  conversationsCreate,
  conversationsDelete,
  conversationsEntries,
  conversationsFork,
  conversationsGet,
  conversationsList,
  conversationsUpdate,
  type EntriesInput,
  type EntriesPage,
  type ForkInput,
  type ListInput,
  type NewConversationInput,
  type UpdateInput,
} from "./conversations.ts";
export { extensionsList, livez, readyz } from "./daemon.ts";
export {
  CursorSchema,
  MessageTextSchema,
  NameSchema,
  PlainTextSchema,
  PositionSchema,
  pageLimit,
} from "./inputs.ts";
export { type ListedModel, type ModelList, modelsList } from "./models.ts";
export {
  type NewRunInput,
  type RunBudget,
  type RunEventsInput,
  type RunEventsPage,
  type RunListInput,
  type RunStreamInput,
  type RunStreamStart,
  runsCreate,
  runsDelete,
  runsEvents,
  runsGet,
  runsList,
  runsStop,
  runsStream,
} from "./runs.ts";
export { type PageSession, sessionBegin, sessionEnd, sessionGet } from "./session.ts";
export {
  type CompareInput,
  conversationsCompare,
  conversationsMetrics,
  conversationsSnapshot,
  conversationsTimeline,
  conversationsUsage,
  type TimelineInput,
} from "./snapshots.ts";
export { type BackupInput, stateBackup, statePrune, stateStatus, stateVerify } from "./state.ts";
export {
  type PromptDiffInput,
  type PruneInput,
  type ToolCallQuery,
  type TraceBodyInput,
  tracesBody,
  tracesDiff,
  tracesGet,
  tracesList,
  tracesPrune,
  tracesStatus,
} from "./traces.ts";
export {
  conversationsRestore,
  conversationsSend,
  conversationsStop,
  conversationsStream,
  type RestoreInput,
  type SendInput,
  type StreamInput,
  type StreamStart,
} from "./turns.ts";
export {
  type ApproveInput,
  type ClearCacheInput,
  type WorkflowCheckInput,
  type WorkflowQuery,
  type WorkflowScope,
  workflowsApprove,
  workflowsCache,
  workflowsCheck,
  workflowsClearCache,
  workflowsGet,
  workflowsList,
  workflowsReload,
  workflowsStatus,
} from "./workflows.ts";
