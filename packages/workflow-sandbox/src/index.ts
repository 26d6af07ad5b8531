export { createScriptCompiler, type ScriptCompilerOptions } from "./compile/script-compiler.ts";
export type {
  Compiled,
  CompiledScript,
  GuestAnswer,
  GuestBudget,
  GuestCall,
  GuestEnding,
  GuestFailure,
  GuestHost,
  GuestLimits,
  GuestPool,
  GuestReplay,
  GuestRun,
  GuestScript,
  GuestUsage,
  ScriptCompiler,
  ScriptError,
  ScriptWarning,
  WorkflowMeta,
} from "./contract.ts";
export { createGuestPool, type GuestPoolOptions } from "./pool/guest-pool.ts";
export { defaultGuestLimits } from "./pool/limits.ts";
