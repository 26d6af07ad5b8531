// Shows a run of a workflow to the end, asks what it waits for, and stops it when it is told to.
import type { Client } from "@lathe/client";
import { isWorkflowEntry } from "@lathe/wire";
import { runsGet, runsStop, workflowsApprove } from "@lathe/wire/operations";
import { ApprovalAsker } from "./approval-asker.ts";
import { failureSentence } from "./failure-sentence.ts";
import { FollowedRun } from "./follow-run.ts";
import { ask, canAsk } from "./question.ts";
import type { StopSignals } from "./stop-signals.ts";
import { printAside, printJson, printTrouble } from "./terminal.ts";
import { WantedStop } from "./wanted-stop.ts";
import { printResult, tellWorkflowEnding } from "./workflow-ending.ts";
import { WorkflowPrinter } from "./workflow-printer.ts";

/** A run of a workflow that somebody at a terminal follows. */
export class FollowedWorkflow {
  readonly #runId: string;
  readonly #signals: StopSignals;
  readonly #asJson: boolean;
  readonly #printer: WorkflowPrinter;
  readonly #asker: ApprovalAsker | undefined;
  readonly #run: FollowedRun;
  readonly #stop: WantedStop;
  #client: Client | undefined;

  constructor(
    runId: string,
    { signals, asJson }: { readonly signals: StopSignals; readonly asJson: boolean },
  ) {
    const asks = !asJson && canAsk();
    this.#runId = runId;
    this.#signals = signals;
    this.#asJson = asJson;
    this.#printer = new WorkflowPrinter({ aside: asJson ? () => undefined : printAside, asks });
    this.#asker = asks ? this.#createAsker() : undefined;
    this.#stop = new WantedStop({
      ask: async (client) => {
        await client.call(runsStop, { id: runId });
        return true;
      },
      refused: (failure) => printTrouble(`The run could not be stopped: ${failureSentence(failure)}`),
    });
    this.#run = new FollowedRun(runId, (event) => {
      if (asJson) printJson(event);
      if (!isWorkflowEntry(event)) return;
      this.#printer.show(event);
      this.#asker?.update(this.#printer.view.approvals);
    });
  }

  /**
   * Settles with the exit code when the run is over. Called again, also with the client of another daemon, it goes on where
   * it was. Throws LatheProblem, ConnectionError and LostDaemonError.
   */
  async follow(client: Client): Promise<number> {
    if (this.#client === undefined) void this.#signals.first().then(() => this.#stop.want());
    this.#client = client;
    this.#stop.through(client);
    try {
      await this.#run.follow(client);
    } finally {
      this.#stop.through(undefined);
    }
    // A run that was given up has no last entry.
    this.#asker?.update([]);
    const run = await client.call(runsGet, { id: this.#runId });
    if (!this.#asJson) printResult(this.#printer.view.finish);
    const exitCode = tellWorkflowEnding(run);
    return this.#signals.exitCode ?? exitCode;
  }

  #createAsker(): ApprovalAsker {
    const id = this.#runId;
    return new ApprovalAsker(id, {
      ask,
      answer: async (approvalId, answer) => {
        await this.#client?.call(workflowsApprove, { id, approvalId, answer });
      },
      // A run that is being stopped waits for nothing any more.
      tell: (line) => {
        if (this.#signals.exitCode === undefined) printAside(line);
      },
    });
  }
}
