export { type Authenticator, Authenticators, type Session } from "./authenticator.ts";
export { type HttpAddress, HttpAddressService } from "./http-address.ts";
export { type LocalAccess, LocalAccessService, localPrincipal } from "./local-access.ts";
export {
  type AnyOperation,
  type Call,
  type CallCookie,
  type Declared,
  type Defaulted,
  declareOperation,
  defineOperation,
  type EventSink,
  type EventStream,
  type FieldError,
  implementOperation,
  type Operation,
  type OperationDeclaration,
  type OperationHandlers,
  type OperationScope,
  Operations,
  type Page,
  type Principal,
  type Problem,
  ProblemError,
  type RestMapping,
} from "./operation.ts";
export { forbiddenAs, mayTouch, refuseOthers } from "./ownership.ts";
export { type PageSessions, PageSessionsService } from "./page-sessions.ts";
export { positionAsked } from "./position.ts";
export { protocolVersion } from "./protocol.ts";
export { BudgetLimitsSchema, RunSpendingSchema } from "./schemas/budgets.ts";
export { ConversationChangeSchema, RunChangeSchema } from "./schemas/changes.ts";
export {
  type ComparedPart,
  type ConversationComparison,
  ConversationComparisonSchema,
  type PartTotals,
} from "./schemas/comparisons.ts";
export {
  AdmissionSchema,
  ConversationSchema,
  ConversationStateSchema,
  ExtensionStateSchema,
  FieldErrorSchema,
  ModelInfoSchema,
  ProblemSchema,
} from "./schemas/documents.ts";
export {
  ConversationEventSchema,
  DurableEventSchema,
  EntrySchema,
  StepFinishReasonSchema,
  StepPartialSchema,
  TransientEventSchema,
  TurnFinishReasonSchema,
} from "./schemas/events.ts";
export {
  AssistantMessageSchema,
  AssistantPartSchema,
  MessageSchema,
  OpaquePartSchema,
  ReasoningPartSchema,
  TextPartSchema,
  ToolCallPartSchema,
  ToolMessageSchema,
  UserMessageSchema,
} from "./schemas/message.ts";
export { RunSchema, RunStatusSchema } from "./schemas/runs.ts";
export { SnapshotSchema } from "./schemas/snapshots.ts";
export {
  type PrunedPart,
  type StateActivity,
  type StateBackup,
  StateBackupSchema,
  type StateFinding,
  type StatePrune,
  StatePruneSchema,
  type StateStatus,
  StateStatusSchema,
  type StateVerification,
  StateVerificationSchema,
} from "./schemas/state.ts";
export {
  type BodyPreview,
  type Change,
  type HeadChange,
  type MessageChange,
  type NamedBody,
  type PromptDiff,
  PromptDiffSchema,
  type PromptName,
  type PrunedTraces,
  PrunedTracesSchema,
  type SpanLog,
  type SpanState,
  type SpanTrace,
  type ToolCallTrace,
  ToolCallTraceSchema,
  type TraceBody,
  TraceBodySchema,
  type TraceDrops,
  type TraceStatus,
  TraceStatusSchema,
  type TurnTrace,
  TurnTraceSchema,
} from "./schemas/traces.ts";
export {
  type ConversationUsage,
  ConversationUsageSchema,
  type StepSummary,
  StepSummarySchema,
  type TurnMetrics,
  TurnMetricsSchema,
  type TurnSummary,
  TurnSummarySchema,
  type UsageTotals,
} from "./schemas/turn-summaries.ts";
export {
  ProviderFailureKindSchema,
  StepMetricsSchema,
  ToolCallMetricsSchema,
  ToolOutcomeSchema,
  TurnFailureSchema,
  UsageSchema,
} from "./schemas/usage.ts";
export {
  CountOrUnknownSchema,
  CountSchema,
  IdSchema,
  JsonObjectSchema,
  JsonValueSchema,
  MillisecondsSchema,
  SeqSchema,
} from "./schemas/values.ts";
export {
  RunEntrySchema,
  RunEventSchema,
  WorkflowEntrySchema,
} from "./schemas/workflow-events.ts";
export {
  WorkflowAgentStateSchema,
  type WorkflowCacheReport,
  WorkflowCacheReportSchema,
  type WorkflowCheck,
  WorkflowCheckSchema,
  type WorkflowDocument,
  WorkflowDocumentSchema,
  type WorkflowFolderWarning,
  type WorkflowList,
  WorkflowListSchema,
  type WorkflowProblem,
  type WorkflowSource,
  WorkflowStatusSchema,
  type WorkflowSummary,
  WorkflowSummarySchema,
  type WorkflowWarning,
} from "./schemas/workflows.ts";
export {
  type ClientFrame,
  ClientFrameSchema,
  type EndFrame,
  type EventFrame,
  type Hello,
  type PingFrame,
  type PongFrame,
  type ProblemFrame,
  type RequestFrame,
  type ResponseFrame,
  type ServerFrame,
  ServerFrameSchema,
  type SubscribedFrame,
  type SubscribeFrame,
  socketCloseCodes,
  socketPath,
  type UnsubscribeFrame,
  type Welcome,
} from "./socket/frames.ts";
export {
  type ConversationView,
  type PartView,
  type ProseView,
  type StepView,
  startView,
  type ToolCallView,
  type TurnView,
  turnsOf,
} from "./view/conversation-view.ts";
export { foldEvents } from "./view/fold-events.ts";
export { applyWorkflowEntry, foldWorkflow } from "./view/fold-workflow.ts";
export { partialOf } from "./view/partial.ts";
export {
  phasesOf,
  startWorkflowView,
  type WorkflowAgentState,
  type WorkflowAgentView,
  type WorkflowApproval,
  type WorkflowCacheItem,
  type WorkflowLogLine,
  type WorkflowPhaseView,
  type WorkflowStatus,
  type WorkflowView,
  workflowStatus,
} from "./view/workflow-view.ts";
export { isWorkflowEntry } from "./workflow-entries.ts";
