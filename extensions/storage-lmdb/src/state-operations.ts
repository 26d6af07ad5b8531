// What can be asked of the store as a whole, as operations.
import { type AnyOperation, implementOperation, ProblemError } from "@lathe/wire";
import { stateBackup, statePrune, stateStatus, stateVerify } from "@lathe/wire/operations";
import { StateCareError } from "./state-care-error.ts";
import type { StoreCare } from "./store-care.ts";

export function stateOperations(care: StoreCare): readonly AnyOperation[] {
  return [
    implementOperation(stateStatus, { run: () => care.status() }),
    implementOperation(stateBackup, {
      run: ({ folder, compact }, { signal }) => explained(care.backUp(folder, compact, signal)),
    }),
    implementOperation(stateVerify, { run: (_input, { signal }) => explained(care.verify(signal)) }),
    implementOperation(statePrune, {
      run: async (_input, { signal }) => ({ items: await explained(care.prune(signal)) }),
    }),
  ];
}

const statusOf: Readonly<Record<StateCareError["code"], number>> = {
  "bad-folder": 422,
  "no-space": 507,
  "state-busy": 409,
  "state-care-failed": 500,
  aborted: 503,
};

/** Whoever may ask for these may know the paths of this machine. */
async function explained<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (failure) {
    if (!(failure instanceof StateCareError)) throw failure;
    const { code, message } = failure;
    const errors = code === "bad-folder" ? [{ field: "folder", message }] : [];
    throw new ProblemError(statusOf[code], code, message, { cause: failure, errors });
  }
}
