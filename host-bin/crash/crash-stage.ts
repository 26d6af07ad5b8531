// One state folder with everything around it: the model server, the conversations, their clients, and the daemon that
// is killed again and again.
import { existsSync, readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Client, connect } from "@lathe/client";
import { conversationsCreate } from "@lathe/wire/operations";
import { MisbehavingModelServer } from "../testing/misbehaving-model-server.ts";
import { makeTemporaryHome, type TemporaryHome } from "../testing/temporary-home.ts";
import { CrashDaemon, type CrashDaemonOptions } from "./crash-daemon.ts";
import { CrashModel } from "./crash-model.ts";
import type { Effect } from "./crash-tools.ts";
import type { KillAt } from "./crashing-daemon.ts";
import type { Dice } from "./dice.ts";
import type { History } from "./history.ts";
import { Watcher } from "./watcher.ts";

export interface CrashStageOptions {
  readonly dice: Dice;
  /** A build that is broken on purpose. */
  readonly control?: Control | undefined;
}

/** `early-conversations` acknowledges and shows before it stores; `append-lies` has a tool run twice that must not. */
export type Control = "early-conversations" | "append-lies";

const retry = { delaysMs: [10, 20, 300], sleptMsMax: 2_000 };
const agents = { default: { retry }, careful: { retry, resume: "never" } };

/** A conversation for each way of keeping one: two APIs, and two policies of what becomes of a cut turn. */
const casts = [
  { agent: "default", model: "openai/test" },
  { agent: "default", model: "anthropic/test" },
  { agent: "careful", model: "openai/test" },
  { agent: "default", model: "openai/test" },
] as const;

export class CrashStage {
  readonly dice: Dice;
  readonly home: TemporaryHome;
  readonly model: CrashModel;
  readonly histories: History[] = [];
  readonly workFolder: string;
  daemon: CrashDaemon;
  /** One for each transport; they last as long as the daemon does. */
  clients: Readonly<Record<Watcher["transport"], Client>>;
  readonly #server: MisbehavingModelServer;
  readonly #options: CrashDaemonOptions;
  #messageCount = 0;
  #passedCount = 0;

  private constructor(
    dice: Dice,
    home: TemporaryHome,
    server: MisbehavingModelServer,
    { control }: CrashStageOptions,
  ) {
    this.dice = dice;
    this.home = home;
    this.#server = server;
    this.model = new CrashModel(dice);
    server.otherwise = (request) => this.model.answer(request);
    this.workFolder = join(home.folder, "work");
    const bases = { OPENAI_BASE_URL: `${server.url}/v1`, ANTHROPIC_BASE_URL: server.url };
    const keys = { OPENAI_API_KEY: "sk-none", ANTHROPIC_API_KEY: "sk-none" };
    this.#options = {
      stateFolder: home.stateFolder,
      effectsFile: join(home.folder, "effects"),
      passedFile: join(home.folder, "passed"),
      cwd: home.folder,
      environment: {
        ...home.environment,
        ...bases,
        ...keys,
        NODE_COMPILE_CACHE: home.compileCacheFolder,
      },
      earlyConversations: control === "early-conversations",
      appendLies: control === "append-lies",
    };
    this.daemon = new CrashDaemon(this.#options);
    this.clients = noClients();
  }

  static async open(options: CrashStageOptions): Promise<CrashStage> {
    const server = await MisbehavingModelServer.open();
    const home = await makeTemporaryHome();
    const folder = join(home.folder, ".config", "lathe");
    await mkdir(folder, { recursive: true });
    await mkdir(join(home.folder, "work"));
    const config = { model: "openai/test", drainGraceMs: 200, agents };
    await writeFile(join(folder, "lathe.json"), JSON.stringify(config));
    const stage = new CrashStage(options.dice, home, server, options);
    try {
      await stage.#begin();
      return stage;
    } catch (failure) {
      await stage.close({ keep: false });
      throw failure;
    }
  }

  /** Starts the next daemon on the same folder. */
  startDaemon(killAt?: KillAt): void {
    this.daemon = new CrashDaemon(this.#options, killAt);
  }

  /** Settles when the daemon answers; false where it ended before. */
  async ready(): Promise<boolean> {
    const address = await this.daemon.ready;
    if (address === undefined) return false;
    const options = { ...address, backoff: { baseMs: 10, maxMs: 50 } };
    this.clients = {
      http: connect({ ...options, transport: "http" }),
      websocket: connect({ ...options, transport: "websocket" }),
    };
    return true;
  }

  disconnect(): void {
    for (const client of Object.values(this.clients)) client.close();
  }

  /** Every run of a tool so far. A line that a kill has cut short is none: its tool had not begun. */
  effects(): readonly Effect[] {
    return linesOf(this.#options.effectsFile).flatMap((line) => {
      return line.endsWith("}") ? [JSON.parse(line) as Effect] : [];
    });
  }

  /** What was passed and where processes ended themselves, since the last call. */
  takePassed(): readonly { readonly kind: "passed" | "killed"; readonly name: string }[] {
    const lines = linesOf(this.#options.passedFile);
    const taken = lines.slice(this.#passedCount);
    this.#passedCount = lines.length;
    return taken.map((line) => {
      const [kind, name = ""] = line.split(" ");
      return { kind: kind === "killed" ? "killed" : "passed", name };
    });
  }

  newText(): string {
    this.#messageCount += 1;
    return `Message ${this.#messageCount}.`;
  }

  /** @param keep leaves the folder for somebody to look at */
  async close({ keep }: { readonly keep: boolean }): Promise<void> {
    this.disconnect();
    await this.daemon.kill();
    await this.#server.close();
    if (!keep) await this.home.remove();
  }

  async #begin(): Promise<void> {
    if (!(await this.ready())) throw new Error(`The daemon does not start: ${this.daemon.stderr}`);
    for (const cast of casts) {
      const draft = { ...cast, cwd: this.workFolder };
      const { id } = await this.clients.http.call(conversationsCreate, draft);
      const watchers = [new Watcher(id, "http"), new Watcher(id, "websocket")];
      this.histories.push({ conversationId: id, agent: cast.agent, sent: [], watchers });
    }
  }
}

function linesOf(path: string): readonly string[] {
  if (!existsSync(path)) return [];
  return readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => line !== "");
}

function noClients(): CrashStage["clients"] {
  const nobody = connect({ url: "http://127.0.0.1:1" });
  return { http: nobody, websocket: nobody };
}
