// Shows a run from its beginning to its end, however often its stream is cut.
import type { Client } from "@lathe/client";
import type { Run, RunEvent } from "@lathe/kernel";
import { isWorkflowEntry } from "@lathe/wire";
import { runsGet, runsStream } from "@lathe/wire/operations";
import { exitCodes } from "../exit-codes.ts";
import { printAside, printError, printJson, printTrouble, writeAnswer } from "./terminal.ts";
import { TurnPrinter } from "./turn-printer.ts";
import { printResult } from "./workflow-ending.ts";
import { WorkflowPrinter } from "./workflow-printer.ts";

/** The events of a run, each shown once. */
export class FollowedRun {
  readonly #id: string;
  readonly #show: (event: RunEvent) => void;
  #lastSeq: number | undefined;
  #isOver = false;

  constructor(id: string, show: (event: RunEvent) => void) {
    this.#id = id;
    this.#show = show;
  }

  /**
   * Settles when the run is over and everything was shown. Called again, also with the client of another daemon, it goes on
   * where it was. Throws LatheProblem, ConnectionError and LostDaemonError.
   */
  async follow(client: Client): Promise<void> {
    if (this.#isOver) return;
    const after = this.#lastSeq === undefined ? {} : { after: this.#lastSeq };
    for await (const event of client.follow(runsStream, { id: this.#id }, after)) {
      if ("seq" in event) this.#lastSeq = event.seq;
      this.#show(event);
    }
    this.#isOver = true;
  }
}

/** Follows a run with each client that it is given, and settles with the exit code when the run is over. */
export function followRun(id: string, asJson: boolean): (client: Client) => Promise<number> {
  const printer = new TurnPrinter({ write: writeAnswer, aside: printAside });
  const workflow = new WorkflowPrinter({ aside: printAside, asks: false });
  const followed = new FollowedRun(id, (event) => {
    if (asJson) printJson(event);
    else if (isWorkflowEntry(event)) workflow.show(event);
    else printer.show(event);
  });
  return async (client) => {
    await followed.follow(client);
    const run = await client.call(runsGet, { id });
    if (!asJson) printer.finish();
    if (!asJson) printResult(workflow.view.finish);
    return tellEnding(run);
  };
}

function tellEnding({ id, status, error }: Run): number {
  if (error !== null) printTrouble(error.message);
  if (status !== "succeeded") printError(`${id} ${status}`);
  return status === "failed" || status === "interrupted" ? exitCodes.failed : exitCodes.ok;
}
