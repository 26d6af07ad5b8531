export type { AgentBudget } from "./budget/agent-budget.ts";
export { type Account, createLedger, type LedgerOptions, type Spent } from "./budget/ledger.ts";
export { type ModelName, type ModelPrice, tokensOf, usdOf } from "./budget/price.ts";
export {
  type AgentDirectory,
  AgentDirectoryService,
  type AgentOverrides,
  type AgentRequest,
  type AgentSummary,
  type ResolvedAgent,
} from "./contracts/agent-directory.ts";
export type {
  ChangeEvent,
  ConversationChanged,
  FeedStart,
  RunChanged,
  StreamEvent,
} from "./contracts/changes.ts";
export {
  AppendConflictError,
  type Conversation,
  type ConversationState,
  type Conversations,
  ConversationsService,
  type ForkedConversation,
  ForkPositionError,
  type ListPosition,
  type LogStretch,
  type NewConversation,
  type PreparedConversation,
  UnknownConversationError,
} from "./contracts/conversations.ts";
export type {
  ConversationEvent,
  ConversationRestored,
  DurableEvent,
  Entry,
  ModelFallback,
  ProviderRetry,
  ReasoningDelta,
  SnapshotShown,
  Steering,
  StepComplete,
  StepFinishReason,
  StepMetrics,
  StepPartial,
  StepStart,
  StreamReset,
  TextDelta,
  ToolCallDelta,
  ToolCallMetrics,
  ToolCallReady,
  ToolOutcome,
  ToolResult,
  ToolTraceFinish,
  ToolTraceStart,
  TransientEvent,
  TurnDone,
  TurnFailure,
  TurnFinishReason,
  TurnSealed,
  TurnStart,
  UsageReport,
  UserMessageAdded,
} from "./contracts/events.ts";
export {
  type Command,
  type CommandOutcome,
  type CommandOutput,
  type ExecBackend,
  ExecBackends,
  FileAccessError,
  type FileEntry,
  type FileSlice,
  type FileVersion,
  type FolderListing,
  type RootedFiles,
} from "./contracts/exec-backend.ts";
export {
  type Activate,
  type Contribution,
  type Contributions,
  type ExtensionReport,
  ExtensionReportService,
  type ExtensionState,
  type Host,
} from "./contracts/extension.ts";
export type { JsonObject, JsonValue } from "./contracts/json.ts";
export type {
  AssistantMessage,
  AssistantPart,
  Message,
  OpaquePart,
  ReasoningPart,
  TextPart,
  ToolCallPart,
  ToolMessage,
  UserMessage,
} from "./contracts/message.ts";
export { type ModelPrices, ModelPricesService } from "./contracts/model-prices.ts";
export {
  Clock,
  type ClockPower,
  Environment,
  type EnvironmentPower,
  Failpoints,
  type FailpointsPower,
  Fatal,
  type FatalPower,
  type HttpRequest,
  type HttpResponse,
  Ids,
  type IdsPower,
  Network,
  NetworkError,
  type NetworkPower,
  StateFolder,
  type StateFolderPower,
  Timers,
  type TimersPower,
} from "./contracts/powers.ts";
export {
  type ModelCallCapture,
  type ModelInfo,
  type ModelSettings,
  type Provider,
  type ProviderContext,
  ProviderError,
  type ProviderEvent,
  type ProviderFailure,
  type ProviderFinishReason,
  type ProviderRequest,
  Providers,
  type ToolDeclaration,
} from "./contracts/provider.ts";
export { type Prunable, Prunables, type PruneOutcome } from "./contracts/prunables.ts";
export {
  type RedactedStream,
  type Redaction,
  RedactionService,
  type Redactor,
} from "./contracts/redaction.ts";
export type { RetryDecision, RetryStrategy } from "./contracts/retry.ts";
export {
  type NewRun,
  type Run,
  type RunEnding,
  type RunEntry,
  type RunEvent,
  RunInputError,
  type RunKind,
  RunKinds,
  type RunRequest,
  type RunSpending,
  type RunStartOptions,
  type RunStatus,
  type RunSubscriber,
  type Runs,
  RunsService,
} from "./contracts/runs.ts";
export type { SchemaIssue, SchemaResult, StandardSchema } from "./contracts/schema.ts";
export {
  type PendingStep,
  type RetryProgress,
  type Snapshot,
  type SnapshotState,
  type Snapshots,
  SnapshotsService,
  type SnapshotTurn,
} from "./contracts/snapshots.ts";
export {
  type Blobs,
  type Changes,
  type CommitOutcome,
  type Key,
  type KeyPart,
  type PreparedChanges,
  type Row,
  type RowQuery,
  type Storage,
  StorageDamagedError,
  StorageFailedError,
  StorageOverloadedError,
  StorageReadOnlyError,
  StorageService,
} from "./contracts/storage.ts";
export { type Tool, type ToolContext, type ToolOutput, Tools } from "./contracts/tool.ts";
export { type TurnBudgets, TurnBudgetsPoint } from "./contracts/turn-budgets.ts";
export {
  type Admission,
  type SendOptions,
  type Subscriber,
  type TurnInput,
  TurnRefusedError,
  type Turns,
  TurnsService,
} from "./contracts/turns.ts";
export type { Usage } from "./contracts/usage.ts";
export type {
  AgentFinish,
  AgentStart,
  ApprovalAnswered,
  ApprovalAsked,
  BudgetLimits,
  CacheHit,
  CacheMiss,
  CacheMissReason,
  WorkflowBudget,
  WorkflowContinued,
  WorkflowDialect,
  WorkflowEntry,
  WorkflowEvent,
  WorkflowFailure,
  WorkflowFinish,
  WorkflowLog,
  WorkflowPhase,
  WorkflowPhaseDeclaration,
  WorkflowStart,
} from "./contracts/workflow-events.ts";
export { type WorkflowScript, WorkflowScripts } from "./contracts/workflow-scripts.ts";
export { createLogger, type LoggerDesk } from "./logging/logger.ts";
export {
  type Attributes,
  type Body,
  type BodyItem,
  type BodyRecord,
  type Logger,
  type LogLevel,
  type LogSink,
  LogSinks,
  type Span,
  type SpanOutcome,
  type SpanRecord,
  type SpanRef,
} from "./logging/span.ts";
export { type Release, Scope } from "./scope.ts";
export {
  type ContributionPoint,
  contributionPoint,
  type Power,
  power,
  type Token,
  token,
} from "./token.ts";
export { createScheduledRetry, defaultRetrySchedule, type RetrySchedule } from "./turn/retry.ts";
export { runTurn } from "./turn/run-turn.ts";
export { interruptedResult, Transcript } from "./turn/transcript.ts";
export {
  type Approval,
  type Budget,
  type CallForApproval,
  defaultTurnLimits,
  type ModelChoice,
  type ResumePoint,
  type TurnDesk,
  type TurnLimits,
  type TurnPlan,
  type Workplace,
} from "./turn/turn.ts";
export { addUsage, noUsage } from "./turn/usage.ts";
