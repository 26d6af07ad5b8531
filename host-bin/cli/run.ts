// `lathe run`: one message, one answer.
import { randomUUID } from "node:crypto";
import { type Client, ConnectionError } from "@lathe/client";
import { beginConversation, forgetUnlessSpoken } from "./begin-conversation.ts";
import { budgetOption } from "./budget-options.ts";
import { type Command, type CommandCall, isSet, textOption, UsageError } from "./command.ts";
import { FollowedTurn, type Message } from "./follow-turn.ts";
import { LostDaemonError } from "./open-client.ts";
import { StopSignals } from "./stop-signals.ts";
import { calledAs, printAside, printJson, printTrouble, writeAnswer } from "./terminal.ts";
import { endingSentence, exitCodeOf } from "./turn-ending.ts";
import { TurnPrinter } from "./turn-printer.ts";
import { withDaemon } from "./with-daemon.ts";

export const run: Command = {
  usage: `"PROMPT" [--model PROVIDER/MODEL] [--agent NAME] [--cwd DIR] [--conversation ID]
                 [--budget TOKENS] [--budget-usd USD] [--json] [--state DIR]

  --model PROVIDER/MODEL  the model that answers
  --agent NAME            the agent of a new conversation
  --cwd DIR               where the tools work; the current folder where absent
  --conversation ID       goes on with this conversation
  --budget TOKENS         ends the turn when so many tokens are used, such as 200000 or 200k
  --budget-usd USD        the same for money; the price of the model must be known
  --json                  prints each event as one line of JSON

Uses the running daemon, or starts one for the call. Ctrl-C stops the turn.
Ends with 0 when there is an answer, 1 when it failed, 2 for a wrong command line, 130 when it was interrupted.`,
  options: {
    model: { type: "string" },
    agent: { type: "string" },
    cwd: { type: "string" },
    conversation: { type: "string" },
    budget: { type: "string" },
    "budget-usd": { type: "string" },
    json: { type: "boolean" },
  },
  positionals: { min: 1, max: 1 },
  run: runOnce,
};

async function runOnce(call: CommandCall): Promise<number> {
  const text = call.positionals[0] ?? "";
  if (text.trim() === "") throw new UsageError("The prompt is empty.");
  refuseContradictions(call);
  const budget = budgetOption(call);
  const signals = new StopSignals();
  const named = textOption(call, "conversation");
  // Another daemon may have to go on with it; what one of them has done is not asked of the next.
  let conversationId = named;
  let beginKey = randomUUID();
  let answer: Answer | undefined;
  const ask = async (client: Client): Promise<number> => {
    conversationId ??= (await beginConversation(client, call, text, beginKey)).id;
    answer ??= new Answer(
      { conversationId, text, model: textOption(call, "model"), budget },
      signals,
      isSet(call, "json"),
    );
    try {
      return await answer.follow(client);
    } catch (failure) {
      if (named === undefined && (await forgetUnlessSpoken(client, conversationId))) {
        conversationId = undefined;
        beginKey = randomUUID();
        answer = undefined;
      }
      throw failure;
    }
  };
  try {
    return await withDaemon(call, ask);
  } catch (failure) {
    answer?.leave(failure);
    throw failure;
  }
}

function refuseContradictions(call: CommandCall): void {
  if (textOption(call, "conversation") === undefined) return;
  for (const name of ["cwd", "agent"]) {
    if (textOption(call, name) !== undefined)
      throw new UsageError(
        `--${name} is a matter of a new conversation. Leave out --${name} or --conversation.`,
      );
  }
}

/** What is printed of a turn, and where it was left. */
class Answer {
  readonly #conversationId: string;
  readonly #signals: StopSignals;
  readonly #asJson: boolean;
  readonly #printer = new TurnPrinter({ write: writeAnswer, aside: printAside });
  readonly #turn: FollowedTurn;

  constructor(message: Message, signals: StopSignals, asJson: boolean) {
    this.#conversationId = message.conversationId;
    this.#signals = signals;
    this.#asJson = asJson;
    this.#turn = new FollowedTurn(message, {
      onEvent: (event) => (asJson ? printJson(event) : this.#printer.show(event)),
      interrupted: signals.first(),
    });
  }

  /** Settles with the exit code when the turn has sealed; goes on where it was when it is called again. */
  async follow(client: Client): Promise<number> {
    const done = await this.#turn.follow(client);
    this.#endLine();
    const sentence = endingSentence(done);
    if (sentence !== undefined) printTrouble(sentence);
    this.#tellWay();
    return this.#signals.exitCode ?? exitCodeOf(done);
  }

  /** Nobody follows the turn any more. Of one whose daemon is gone nobody has been told yet where to find it. */
  leave(failure: unknown): void {
    this.#endLine();
    if (failure instanceof LostDaemonError || failure instanceof ConnectionError) this.#tellWay();
  }

  #endLine(): void {
    if (!this.#asJson) this.#printer.finish();
  }

  #tellWay(): void {
    if (!this.#asJson) printAside(`Go on with: ${calledAs} run --conversation ${this.#conversationId} "..."`);
  }
}
