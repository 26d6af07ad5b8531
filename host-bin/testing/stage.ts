// A scenario's surroundings: a home, a model server that misbehaves, and a daemon that asks it.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import {
  type DaemonProcess,
  type DaemonProcessOptions,
  killDaemonProcess,
  startDaemonProcess,
} from "./daemon-process.ts";
import { MisbehavingModelServer } from "./misbehaving-model-server.ts";
import { makeTemporaryHome, type TemporaryHome } from "./temporary-home.ts";
import { expectSound, WatchedConversation } from "./watched-conversation.ts";
import { expectWellFormed } from "./well-formed-request.ts";

export interface StageOptions {
  /** The user's lathe.json. */
  readonly config?: object;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Keys that no daemon may ever show. Put together here: the repository holds no token, not even an invented one. */
export const canaryKeys: Readonly<Record<"OPENAI_API_KEY" | "ANTHROPIC_API_KEY", string>> = {
  OPENAI_API_KEY: ["sk", "proj", "Canary7fW2xQ9bLm4VtZs8Rk3Yp6"].join("-"),
  ANTHROPIC_API_KEY: ["sk", "ant", "api03", "Canary5hT1jN7cXg2QwEr9Ud"].join("-"),
};

export class Stage {
  readonly server: MisbehavingModelServer;
  readonly home: TemporaryHome;
  /** Where the conversations work; an empty folder. */
  readonly workFolder: string;
  readonly #daemons: DaemonProcess[] = [];

  private constructor(server: MisbehavingModelServer, home: TemporaryHome) {
    this.server = server;
    this.home = home;
    this.workFolder = join(home.folder, "work");
  }

  static async open({ config = {}, environment = {} }: StageOptions = {}): Promise<Stage> {
    const server = await MisbehavingModelServer.open();
    const home = await makeTemporaryHome();
    const folder = join(home.folder, ".config", "lathe");
    await mkdir(folder, { recursive: true });
    await mkdir(join(home.folder, "work"));
    await writeFile(join(folder, "lathe.json"), JSON.stringify({ model: "openai/test", ...config }));
    const bases = { OPENAI_BASE_URL: `${server.url}/v1`, ANTHROPIC_BASE_URL: server.url };
    const all = { ...home.environment, ...bases, ...canaryKeys, ...environment };
    return new Stage(server, { ...home, environment: all });
  }

  async start(options: DaemonProcessOptions = {}): Promise<DaemonProcess> {
    const daemon = await startDaemonProcess(this.home, options);
    this.#daemons.push(daemon);
    return daemon;
  }

  begin(daemon: DaemonProcess, draft: object = {}): Promise<WatchedConversation> {
    return WatchedConversation.begin(daemon, { cwd: this.workFolder, ...draft });
  }

  /** The conversation answers the next message, the server is asked nothing that one refuses, and the log is sound. */
  async expectGoesOn(conversation: WatchedConversation): Promise<void> {
    const askedCount = this.server.requests.length;
    const done = await conversation.ask("And now?");
    expect(done).toMatchObject({ finishReason: "stop", stepCount: 1 });
    expect(this.server.requests).toHaveLength(askedCount + 1);
    expectWellFormed(await this.server.received(askedCount));
    await expectSound(conversation);
  }

  /** Ends everything, in whatever state it is. */
  async close(): Promise<void> {
    await Promise.all(this.#daemons.splice(0).map(killDaemonProcess));
    await this.server.close();
    await this.home.remove();
  }
}
