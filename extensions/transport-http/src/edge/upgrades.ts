// Requests for another protocol: judged by the front door like every other, then handed to whoever speaks it.
import type { IncomingMessage } from "node:http";
import { type HttpUpgrades, internalProblem, problem, type Upgrade } from "@lathe/extension-kit";
import type { Logger, Release } from "@lathe/kernel";
import { type DoorRules, judgeUpgrade } from "../core/front-door.ts";
import { problemAnswer, retryHeaders } from "../core/problems.ts";
import { endRaw } from "./send.ts";

export class Upgrades implements HttpUpgrades {
  readonly #handlers = new Map<string, (upgrade: Upgrade) => void>();
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  serve(path: string, handler: (upgrade: Upgrade) => void): Release {
    if (this.#handlers.has(path)) throw new Error(`Upgrades for ${path} are served by another extension.`);
    this.#handlers.set(path, handler);
    return () => {
      this.#handlers.delete(path);
    };
  }

  receive(connection: Pick<Upgrade, "incoming" | "socket" | "head">, rules: DoorRules): void {
    const { incoming, socket } = connection;
    const verdict = judgeUpgrade(headOf(incoming), rules);
    if (verdict.kind === "refused") {
      endRaw(socket, verdict.answer);
      return;
    }
    const { path } = verdict;
    const handler = this.#handlers.get(path);
    if (handler === undefined) {
      endRaw(socket, problemAnswer(notSupported));
      return;
    }
    try {
      handler({
        ...connection,
        session: verdict.session,
        authenticate: (token) => rules.authenticate(token),
        refuse: (document) => endRaw(socket, problemAnswer(document, retryHeaders(document))),
      });
    } catch (error) {
      this.#logger.log("error", "An upgrade broke whoever serves it.", { path, error: String(error) });
      endRaw(socket, problemAnswer(internalProblem));
    }
  }
}

const notSupported = problem(400, "upgrade-not-supported", "No other protocol is spoken at this path.");

function headOf({ method = "", url = "", rawHeaders }: IncomingMessage): Parameters<typeof judgeUpgrade>[0] {
  return { method, target: url, rawHeaders };
}
