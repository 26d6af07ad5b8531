// One state folder with everything around it: the model server, and the daemon that is killed while it runs workflows.
import { existsSync, readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Client, connect } from "@lathe/client";
import {
  MisbehavingModelServer,
  type ModelAnswer,
  type ModelRequest,
} from "../../testing/misbehaving-model-server.ts";
import { makeTemporaryHome, type TemporaryHome } from "../../testing/temporary-home.ts";
import { CrashDaemon, type CrashDaemonOptions } from "../crash-daemon.ts";
import type { Effect } from "../crash-tools.ts";
import type { KillAt } from "../crashing-daemon.ts";
import type { BrokenEngine } from "./broken-engine.ts";

export interface WorkflowStageOptions {
  readonly answer: (request: ModelRequest) => ModelAnswer;
  /** A build that is broken on purpose. */
  readonly broken?: BrokenEngine | undefined;
  /** Settings of the engine, beside those that make it quick. */
  readonly engine?: object;
  /** Milliseconds that turns have to end by themselves when the daemon is asked to stop. */
  readonly drainGraceMs?: number;
}

export type Clients = Readonly<Record<"http" | "websocket", Client>>;

const retry = { delaysMs: [10, 20, 300], sleptMsMax: 2_000 };

export class WorkflowStage {
  readonly home: TemporaryHome;
  readonly server: MisbehavingModelServer;
  readonly workFolder: string;
  daemon: CrashDaemon;
  /** One for each transport; they last as long as the daemon does. */
  clients: Clients;
  readonly #options: CrashDaemonOptions;

  private constructor(
    home: TemporaryHome,
    server: MisbehavingModelServer,
    { answer, broken }: WorkflowStageOptions,
  ) {
    this.home = home;
    this.server = server;
    server.otherwise = answer;
    this.workFolder = join(home.folder, "work");
    const bases = { OPENAI_BASE_URL: `${server.url}/v1`, OPENAI_API_KEY: "sk-none" };
    this.#options = {
      stateFolder: home.stateFolder,
      effectsFile: join(home.folder, "effects"),
      passedFile: join(home.folder, "passed"),
      cwd: home.folder,
      environment: { ...home.environment, ...bases, NODE_COMPILE_CACHE: home.compileCacheFolder },
      earlyConversations: false,
      appendLies: false,
      brokenEngine: broken,
    };
    this.daemon = new CrashDaemon(this.#options);
    this.clients = nobody();
  }

  /** Settles when its first daemon answers. */
  static async open(options: WorkflowStageOptions): Promise<WorkflowStage> {
    const server = await MisbehavingModelServer.open();
    const home = await makeTemporaryHome();
    const folder = join(home.folder, ".config", "lathe");
    await mkdir(folder, { recursive: true });
    await mkdir(join(home.folder, "work"));
    const engine = { agentConcurrencyMax: 16, ...options.engine };
    const config = {
      ...{ model: "openai/test", drainGraceMs: options.drainGraceMs ?? 200, agents: { default: { retry } } },
      extensions: { "workflow-engine": engine },
    };
    await writeFile(join(folder, "lathe.json"), JSON.stringify(config));
    const stage = new WorkflowStage(home, server, options);
    if (await stage.ready()) return stage;
    await stage.close();
    throw new Error(`The daemon does not start: ${stage.daemon.stderr}`);
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

  /** Kills the daemon, whatever it does. */
  async kill(): Promise<void> {
    await this.daemon.kill();
    this.disconnect();
  }

  disconnect(): void {
    for (const client of Object.values(this.clients)) client.close();
    this.clients = nobody();
  }

  /** Every run of a tool so far. A line that a kill has cut short is none: its tool had not begun. */
  effects(): readonly Effect[] {
    const { effectsFile } = this.#options;
    if (!existsSync(effectsFile)) return [];
    const lines = readFileSync(effectsFile, "utf8").split("\n");
    return lines.filter((line) => line.endsWith("}")).map((line) => JSON.parse(line) as Effect);
  }

  /** @param keep leaves the folder for somebody to look at */
  async close({ keep }: { readonly keep: boolean } = { keep: false }): Promise<void> {
    await this.kill();
    await this.server.close();
    if (!keep) await this.home.remove();
  }
}

function nobody(): Clients {
  const client = connect({ url: "http://127.0.0.1:1" });
  return { http: client, websocket: client };
}
