// `lathe run`: one message, one answer.

import type { ConversationEvent, TurnDone } from "@lathe/kernel";
import { beginConversation, forgetUnlessSpoken } from "./begin-conversation.ts";
import { budgetOption } from "./budget-options.ts";
import type { Client } from "./client.ts";
import { type Command, type CommandCall, isSet, textOption, UsageError } from "./command.ts";
import { followTurn, type Message } from "./follow-turn.ts";
import { StopSignals } from "./stop-signals.ts";
import { calledAs, printAside, printError, printLine, writeAnswer } from "./terminal.ts";
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
  return await withDaemon(call, async (client) => {
    const named = textOption(call, "conversation");
    const conversationId = named ?? (await beginConversation(client, call, text)).id;
    const model = textOption(call, "model");
    const wishes = { ...(model === undefined ? {} : { model }), ...(budget === undefined ? {} : { budget }) };
    const message = { conversationId, text, ...wishes };
    try {
      return await answer(client, message, signals, isSet(call, "json"));
    } catch (failure) {
      if (named === undefined) await forgetUnlessSpoken(client, conversationId);
      throw failure;
    }
  });
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

async function answer(
  client: Client,
  message: Message,
  signals: StopSignals,
  asJson: boolean,
): Promise<number> {
  const printer = new TurnPrinter({ write: writeAnswer, aside: printAside });
  const show = (event: ConversationEvent, json: string): void => {
    if (asJson) printLine(json);
    else printer.show(event);
  };
  const done = await followTurn(client, message, { onEvent: show, interrupted: signals.first() });
  if (!asJson) printer.finish();
  return tellEnding(done, message.conversationId, signals, asJson);
}

function tellEnding(done: TurnDone, conversationId: string, signals: StopSignals, asJson: boolean): number {
  const sentence = endingSentence(done);
  if (sentence !== undefined) printError(sentence);
  if (!asJson) printAside(`Go on with: ${calledAs} run --conversation ${conversationId} "..."`);
  return signals.exitCode ?? exitCodeOf(done);
}
