// A daemon in this process that runs workflows, the model that its agents ask, and callers who start runs.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { JsonValue, Run, RunEntry, WorkflowEntry } from "@lathe/kernel";
import { HttpAddressService } from "@lathe/wire";
import { type Composition, compose } from "../../compose.ts";
import { loadConfig } from "../../config.ts";
import { guests, guestTokens } from "../guests.ts";
import { RunCaller } from "../run-caller.ts";
import { Stage } from "../stage.ts";
import { OpenedStorage } from "./opened-storage.ts";
import { PromptedModel } from "./prompted-model.ts";

export interface WorkflowStageOptions {
  /** Settings of the engine. */
  readonly engine?: object;
  /** Agents by name, beside one that can read files only, which is called `reader`. */
  readonly agents?: object;
  /** Settings of other extensions, by their ids. */
  readonly extensions?: Readonly<Record<string, object>>;
  /** As in `compose`. */
  readonly unsafeWithoutRedaction?: boolean;
}

export interface NewWorkflow {
  readonly script?: string;
  readonly workflow?: string;
  readonly args?: JsonValue;
  readonly budget?: { readonly tokens?: number; readonly usd?: number };
  readonly cwd?: string;
  readonly dryRun?: boolean;
  readonly resumeFrom?: string;
  readonly cache?: "use" | "fresh" | "all";
}

/** A run that is over, with its log. */
export interface EndedRun {
  readonly run: Run;
  readonly entries: readonly WorkflowEntry[];
}

export class WorkflowStage {
  readonly model: PromptedModel = new PromptedModel();
  readonly #stage: Stage;
  readonly #storage = new OpenedStorage();
  readonly #unsafeWithoutRedaction: boolean;
  #composition: Composition | undefined;
  local!: WorkflowCaller;
  ann!: WorkflowCaller;
  bob!: WorkflowCaller;

  private constructor(stage: Stage, unsafeWithoutRedaction: boolean) {
    this.#stage = stage;
    this.#unsafeWithoutRedaction = unsafeWithoutRedaction;
    this.forget();
  }

  static async open({
    engine = {},
    agents = {},
    extensions = {},
    unsafeWithoutRedaction = false,
  }: WorkflowStageOptions = {}): Promise<WorkflowStage> {
    const retry = { delaysMs: [1], sleptMsMax: 60_000 };
    const reader = { tools: ["read_file", "list_files", "search_files"], retry };
    const config = {
      agents: { default: { retry }, reader, ...agents },
      extensions: { ...extensions, "workflow-engine": engine },
    };
    const opened = new WorkflowStage(await Stage.open({ config }), unsafeWithoutRedaction);
    await opened.start();
    return opened;
  }

  /** Absolute path of an empty folder that agents work in. */
  get workFolder(): string {
    return this.#stage.workFolder;
  }

  get url(): string {
    return this.#running.use(HttpAddressService).url;
  }

  get token(): string {
    return this.#running.token;
  }

  /** Absolute path of everything that the daemon keeps. */
  get stateFolder(): string {
    return this.#stage.home.stateFolder;
  }

  /** What the engine keeps. */
  get kept(): ReturnType<OpenedStorage["namespace"]> {
    return this.#storage.namespace("workflow-engine");
  }

  async start(): Promise<void> {
    const { environment, stateFolder, folder } = this.#stage.home;
    const flags = { state: stateFolder, port: "0" };
    const config = loadConfig({ flags, environment, cwd: folder });
    this.#composition = await compose({
      ...{ stateFolder, config: config.extensions, environment },
      extra: [this.#storage.extension, guests],
      without: [this.#storage.extension.folder],
      unsafeWithoutRedaction: this.#unsafeWithoutRedaction,
    });
    const troubled = this.#composition.host.report().filter(({ kind }) => kind !== "active");
    if (troubled.length > 0) throw new Error(JSON.stringify(troubled));
    const callerOf = (token: string): WorkflowCaller => new WorkflowCaller(this, token);
    this.local = callerOf(this.token);
    this.ann = callerOf(guestTokens.ann);
    this.bob = callerOf(guestTokens.bob);
  }

  /** Another daemon on the same state; `between` happens while there is none. */
  async restart(between: () => Promise<void> = async () => undefined): Promise<void> {
    await this.#running.close();
    await between();
    await this.start();
  }

  /** Writes a file of the folder that agents work in. */
  async write(path: string, text: string): Promise<string> {
    const absolute = join(this.workFolder, path);
    await mkdir(join(absolute, ".."), { recursive: true });
    await writeFile(absolute, text);
    return absolute;
  }

  /** Forgets what was planned and what was asked. */
  forget(): void {
    this.#stage.server.forget();
    this.#stage.server.otherwise = this.model.answer;
    this.model.forget();
  }

  async close(): Promise<void> {
    await this.#composition?.close();
    await this.#stage.close();
  }

  get #running(): Composition {
    if (this.#composition === undefined) throw new Error("The daemon is not started.");
    return this.#composition;
  }
}

export class WorkflowCaller extends RunCaller {
  readonly #cwd: string;

  constructor(stage: WorkflowStage, token: string) {
    super({ url: stage.url, token });
    this.#cwd = stage.workFolder;
  }

  /** Begins a run of a workflow, of a script where it is given as text alone. */
  start(asked: NewWorkflow | string, key?: string): Promise<Run> {
    const input = typeof asked === "string" ? { script: asked } : asked;
    return this.begin({ kind: "workflow", cwd: this.#cwd, ...input }, key);
  }

  /** Runs a workflow to its end. */
  async run(asked: NewWorkflow | string): Promise<EndedRun> {
    return this.ended((await this.start(asked)).id);
  }

  /** Follows a run to its end. */
  async ended(id: string): Promise<EndedRun> {
    const { events } = await this.follow(id);
    const entries = events.filter((event) => event.id !== null).map(({ data }) => data as WorkflowEntry);
    return { run: await this.get(id), entries };
  }

  async json<T>(method: string, path: string, body?: object): Promise<T> {
    const answer = await this.fetch(method, path, body);
    if (!answer.ok) throw new Error(`${answer.status}: ${await answer.text()}`);
    return (answer.status === 204 ? null : await answer.json()) as T;
  }

  /** The runs that a run has started, in the order in which they began. */
  async children(id: string): Promise<readonly Run[]> {
    const { items } = await this.json<{ items: Run[] }>("GET", `/api/runs?parent=${id}&limit=200`);
    return items.toReversed();
  }

  /** What is stored of a run's log. */
  async stored(id: string): Promise<readonly RunEntry[]> {
    const page = await this.json<{ items: RunEntry[]; nextAfter: null }>(
      "GET",
      `/api/runs/${id}/events?limit=500`,
    );
    if (page.nextAfter !== null) throw new Error("There is more than a page.");
    return page.items;
  }

  /** Settles with the first entry of this type when the run's stream shows one that fits. */
  async until<Type extends WorkflowEntry["type"]>(
    id: string,
    type: Type,
    fits: (entry: WorkflowEntry & { type: Type }) => boolean = () => true,
  ): Promise<WorkflowEntry & { type: Type }> {
    const answer = await this.fetch("GET", `/api/runs/${id}/stream`, undefined, {
      accept: "text/event-stream",
    });
    const decoder = new TextDecoder();
    let text = "";
    for await (const chunk of answer.body ?? []) {
      text += decoder.decode(chunk, { stream: true });
      const blocks = text.split("\n\n");
      text = blocks.pop() ?? "";
      for (const block of blocks) {
        const line = block.split("\n").find((one) => one.startsWith("data: "));
        const entry = JSON.parse(line?.slice("data: ".length) ?? "null") as
          | (WorkflowEntry & { type: Type })
          | null;
        if (entry?.type === type && fits(entry)) return entry;
      }
    }
    throw new Error(`The stream ended without ${type}.`);
  }
}

/** A script of the plain form. */
export function script(body: string, name = "test"): string {
  return `export const meta = { name: ${JSON.stringify(name)}, description: "A test." };\n${body}\n`;
}

export function ofType<Type extends WorkflowEntry["type"]>(
  entries: readonly WorkflowEntry[],
  type: Type,
): readonly (WorkflowEntry & { type: Type })[] {
  return entries.filter((entry): entry is WorkflowEntry & { type: Type } => entry.type === type);
}

export function logOf(
  entries: readonly WorkflowEntry[],
  source: "script" | "engine" = "script",
): readonly string[] {
  return ofType(entries, "log")
    .filter((entry) => entry.source === source)
    .map(({ text }) => text);
}
