// What can be asked of the store as a whole.
import * as v from "valibot";
import { type Declared, type Defaulted, declareOperation } from "../operation.ts";
import {
  type StateBackup,
  StateBackupSchema,
  type StatePrune,
  StatePruneSchema,
  type StateStatus,
  StateStatusSchema,
  type StateVerification,
  StateVerificationSchema,
} from "../schemas/state.ts";

type Nothing = Readonly<Record<string, never>>;

export const stateStatus: Declared<Nothing, StateStatus> = declareOperation({
  name: "state.status",
  summary: "Shows how large the store is, how much space is left, and what is being done to it.",
  scope: "admin",
  rest: { method: "GET", path: "/api/state", status: 200 },
  input: v.strictObject({}),
  output: StateStatusSchema,
  problems: [],
});

export interface BackupInput {
  /** Absolute path on the daemon's machine; absent, or an empty folder. */
  readonly folder: string;
  /** Whether the free pages are left out: smaller, and nothing that was deleted is in it. */
  readonly compact: boolean;
}

const FolderSchema: v.GenericSchema<string> = v.pipe(
  v.string(),
  v.maxLength(4_096),
  v.check((path) => path.isWellFormed() && !path.includes("\0"), "It holds what is no text."),
  v.check((path) => path.startsWith("/"), "It must be an absolute path on the daemon's machine."),
);

export const stateBackup: Declared<
  BackupInput,
  StateBackup,
  Defaulted<BackupInput, "compact">
> = declareOperation({
  name: "state.backup",
  summary:
    "Copies the store to a folder while the daemon runs, and reads the copy back. It answers when the copy is " +
    "durable; a caller that goes away ends it, and nothing of it is left.",
  scope: "admin",
  rest: { method: "POST", path: "/api/state/backup", status: 200 },
  input: v.strictObject({ folder: FolderSchema, compact: v.optional(v.boolean(), true) }),
  output: StateBackupSchema,
  problems: ["bad-folder", "no-space", "state-busy", "state-care-failed"],
});

export const stateVerify: Declared<Nothing, StateVerification> = declareOperation({
  name: "state.verify",
  summary:
    "Reads every row and blob and says what is damaged. It answers when all were read; a caller that goes away ends it.",
  scope: "admin",
  rest: { method: "POST", path: "/api/state/verify", status: 200 },
  input: v.strictObject({}),
  output: StateVerificationSchema,
  problems: ["state-busy", "state-care-failed"],
});

export const statePrune: Declared<Nothing, StatePrune> = declareOperation({
  name: "state.prune",
  summary: "Removes what the extensions' own rules no longer keep, such as old traces.",
  scope: "admin",
  rest: { method: "POST", path: "/api/state/prune", status: 200 },
  input: v.strictObject({}),
  output: StatePruneSchema,
  problems: ["state-busy"],
});
