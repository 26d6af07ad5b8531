// `lathe chat`: a conversation in the terminal. Ctrl-C stops the turn, Ctrl-D leaves.
import { randomUUID } from "node:crypto";
import { createInterface, type Interface } from "node:readline";
import { type Client, LatheProblem } from "@lathe/client";
import type { Conversation } from "@lathe/kernel";
import { conversationsGet } from "@lathe/wire/operations";
import { exitCodes } from "../exit-codes.ts";
import { beginConversation, cwdOf, forgetUnlessSpoken } from "./begin-conversation.ts";
import { type Command, type CommandCall, textOption } from "./command.ts";
import { failureSentence } from "./failure-sentence.ts";
import { FollowedTurn } from "./follow-turn.ts";
import { calledAs, dim, printAside, printTrouble, writeAnswer } from "./terminal.ts";
import { endingSentence } from "./turn-ending.ts";
import { TurnPrinter } from "./turn-printer.ts";
import { withDaemon } from "./with-daemon.ts";

export const chat: Command = {
  usage: `[--model PROVIDER/MODEL] [--agent NAME] [--cwd DIR] [--conversation ID] [--state DIR]

  --model PROVIDER/MODEL  the model that answers
  --agent NAME            the agent of a new conversation
  --cwd DIR               where the tools work; the current folder where absent
  --conversation ID       goes on with this conversation

Ctrl-C stops the turn, Ctrl-D leaves.`,
  options: {
    model: { type: "string" },
    agent: { type: "string" },
    cwd: { type: "string" },
    conversation: { type: "string" },
  },
  positionals: { min: 0, max: 0 },
  run: (call) => withDaemon(call, (client) => talk(client, call), { repeatable: false }),
};

async function talk(client: Client, call: CommandCall): Promise<number> {
  let conversation = await find(client, call);
  const opening = conversation === undefined ? "A new conversation" : conversation.id;
  const cwd = conversation?.cwd ?? cwdOf(call);
  printAside(`${opening} in ${cwd}. Ctrl-C stops the turn, Ctrl-D leaves.`);
  const input = createInterface({ input: process.stdin, output: process.stderr, prompt: "> " });
  const interrupts = new Interrupts(input);
  let isOpen = true;
  input.once("close", () => {
    isOpen = false;
  });
  input.prompt();
  for await (const line of input) {
    if (line.trim() !== "") {
      conversation ??= await beginConversation(client, call, line, randomUUID());
      try {
        await say(client, call, conversation.id, line, interrupts);
      } catch (failure) {
        tellWay(conversation);
        throw failure;
      }
    }
    // What was piped in may have ended while its lines are still being answered.
    if (isOpen) input.prompt();
  }
  // Whoever left with Ctrl-D is still behind the prompt.
  if (process.stdin.isTTY) process.stderr.write("\n");
  if (conversation !== undefined && !(await forgetUnlessSpoken(client, conversation.id)))
    tellWay(conversation);
  return exitCodes.ok;
}

function tellWay({ id }: Conversation): void {
  printAside(`Go on with: ${calledAs} chat --conversation ${id}`);
}

async function find(client: Client, call: CommandCall): Promise<Conversation | undefined> {
  const id = textOption(call, "conversation");
  if (id === undefined) return undefined;
  return await client.call(conversationsGet, { id });
}

async function say(
  client: Client,
  call: CommandCall,
  conversationId: string,
  text: string,
  interrupts: Interrupts,
): Promise<void> {
  const printer = new TurnPrinter({ write: writeAnswer, aside: printAside });
  const message = { conversationId, text, model: textOption(call, "model") };
  const interrupted = interrupts.next();
  const turn = new FollowedTurn(message, { onEvent: (event) => printer.show(event), interrupted });
  try {
    const done = await turn.follow(client);
    printer.finish();
    const sentence = endingSentence(done);
    if (sentence !== undefined) printTrouble(sentence);
  } catch (failure) {
    printer.finish();
    // The next message may work; only a lost connection ends the chat.
    if (!(failure instanceof LatheProblem)) throw failure;
    printTrouble(failureSentence(failure));
  } finally {
    interrupts.idle();
  }
}

/** Ctrl-C while a turn runs stops it; at the prompt it says how to leave. */
class Interrupts {
  #waiting: PromiseWithResolvers<void> | undefined;

  constructor(input: Interface) {
    const receive = (): void => {
      if (this.#waiting !== undefined) this.#waiting.resolve();
      else {
        process.stderr.write(`\n${dim("Ctrl-D leaves.")}\n`);
        input.prompt();
      }
    };
    input.on("SIGINT", receive);
    process.on("SIGINT", receive);
  }

  /** Settles with the next Ctrl-C. */
  next(): Promise<void> {
    this.#waiting = Promise.withResolvers<void>();
    return this.#waiting.promise;
  }

  idle(): void {
    this.#waiting = undefined;
  }
}
