import type { ExecBackend } from "@lathe/kernel";

const message = "No extension offers a place to run commands and reach files; enable exec-local.";

/** Stands in where the exec backend is left out, so that an agent without tools still works. */
export const noExecBackend: ExecBackend = {
  computer: "none",
  run: async () => ({ kind: "not-started", reason: "not-permitted", message }),
  files: () => {
    throw new Error(message);
  },
};
