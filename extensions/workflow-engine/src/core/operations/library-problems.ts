import { ProblemError } from "@lathe/wire";

export function noFolder(message: string): ProblemError {
  return new ProblemError(422, "no-folder", message, { errors: [{ field: "cwd", message }] });
}

export function unknownWorkflow(message: string): ProblemError {
  return new ProblemError(404, "unknown-workflow", message);
}
