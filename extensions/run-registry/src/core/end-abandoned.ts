import type { Contributions, Logger, RunEnding, RunKind } from "@lathe/kernel";
import type { RunTable } from "./run-table.ts";

const ending: RunEnding = {
  status: "interrupted",
  usage: null,
  result: null,
  error: {
    code: "run-kind-not-active",
    message: "The extension that executed it is not active any more, and nobody else can go on with it.",
  },
};

/** Ends the runs of earlier daemons whose kind nobody executes now: nothing stays running that does not run. */
export async function endAbandoned(
  table: RunTable,
  kinds: Pick<Contributions<RunKind>, "get">,
  logger: Logger,
): Promise<void> {
  try {
    for (const { id, kind } of await table.activeWhere((facts) => kinds.get(facts.kind) === undefined)) {
      if (await table.endAlone(id, ending))
        logger.log("warn", "A run was ended that nobody executes.", { runId: id, kind });
    }
  } catch (failure) {
    logger.log("error", "Runs that nobody executes could not be ended.", { reason: String(failure) });
  }
}
