// What the tests in a browser stand on: a daemon, the model server that it asks, and guarded pages that are signed in.
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll } from "vitest";
import { type DaemonProcess, killDaemonProcess } from "../daemon-process.ts";
import type { MisbehavingModelServer } from "../misbehaving-model-server.ts";
import { Stage, type StageOptions } from "../stage.ts";
import type { WatchedConversation } from "../watched-conversation.ts";
import { openChromium } from "./chromium.ts";
import { LooseLine } from "./loose-line.ts";
import { PageGuard } from "./page-guard.ts";
import { takeFailurePicture } from "./pictures.ts";

export interface WebOptions extends StageOptions {
  /** Runs before the daemon starts, for files that it should find. */
  readonly prepare?: (stage: Stage) => Promise<void>;
}

export interface PageOptions extends BrowserContextOptions {
  /** In place of the daemon's own: the line's. */
  readonly url?: string;
}

interface Opened {
  readonly stage: Stage;
  readonly browser: Browser;
  readonly line: LooseLine;
  daemon: DaemonProcess;
}

/** One daemon and one browser for the tests of a file; after each test its pages are closed and judged. */
export function useWeb(options: WebOptions = {}): Web {
  const web = new Web();
  beforeAll(() => web.open(options));
  afterEach(async ({ task }) => {
    if (task.result?.state === "fail") await web.takePictures(task.name);
    await web.endTest();
  });
  afterAll(() => web.close());
  return web;
}

export class Web {
  #opened: Opened | undefined;
  readonly #contexts: BrowserContext[] = [];
  #guard = new PageGuard();

  async open({ prepare, ...options }: WebOptions): Promise<void> {
    const line = await LooseLine.open();
    const [stage, browser] = await Promise.all([
      Stage.open({ ...options, config: withOrigin(line.url, options.config) }),
      openChromium(),
    ]);
    await prepare?.(stage);
    const daemon = await stage.start();
    line.leadTo(daemon.url);
    this.#opened = { stage, browser, line, daemon };
  }

  get stage(): Stage {
    return this.#held.stage;
  }

  get daemon(): DaemonProcess {
    return this.#held.daemon;
  }

  /** Another way to the daemon, which can be cut. */
  get line(): LooseLine {
    return this.#held.line;
  }

  /** Answers for every model `openai/...`. */
  get model(): MisbehavingModelServer {
    return this.stage.server;
  }

  /** Of the pages of the test that runs. */
  get guard(): PageGuard {
    return this.#guard;
  }

  /** Begins a conversation over the API. */
  begin(draft: object = {}): Promise<WatchedConversation> {
    return this.stage.begin(this.daemon, draft);
  }

  /** A browser profile of its own, with one tab that shows nothing yet. */
  async openPage({ url = this.daemon.url, ...options }: PageOptions = {}): Promise<Page> {
    const context = await this.#held.browser.newContext({
      viewport: { width: 1_360, height: 860 },
      baseURL: url,
      ...options,
    });
    this.#contexts.push(context);
    await this.#guard.watch(context, new URL(url).origin);
    return await context.newPage();
  }

  /** A page at the path, signed in by the printed URL. */
  async signIn(path = "/", options: PageOptions = {}): Promise<Page> {
    const page = await this.openPage(options);
    await page.goto(`${path}#token=${this.daemon.token}`);
    await desk(page);
    return page;
  }

  /** A further tab of the same browser. */
  async openTab(page: Page, path: string): Promise<Page> {
    const tab = await page.context().newPage();
    await tab.goto(path);
    await desk(tab);
    return tab;
  }

  /** Ends the daemon as a crash does. Nobody listens on its port until `startAgain`. */
  async kill(): Promise<void> {
    this.#expectAbsence();
    await killDaemonProcess(this.daemon);
  }

  /** Asks the daemon to stop. `ended`: when it has, which waits for the turns in progress. */
  async stop(): Promise<{ readonly ended: Promise<unknown> }> {
    this.#expectAbsence();
    this.daemon.process.kill("SIGTERM");
    await this.daemon.process.printed(/Lathe is stopping/);
    return { ended: this.daemon.process.ended() };
  }

  /** Starts the daemon on the port that it had. */
  async startAgain(): Promise<void> {
    const { port } = new URL(this.daemon.url);
    this.#held.daemon = await this.stage.start({ argv: ["--port", port] });
  }

  /** Of every page that is open, as it is now: for whoever wants to know why a test failed. */
  async takePictures(testName: string): Promise<void> {
    const pages = this.#contexts.flatMap((context) => context.pages());
    for (const [at, page] of pages.entries()) await takeFailurePicture(page, `${testName} ${at}`);
  }

  async endTest(): Promise<void> {
    const guard = this.#guard;
    await Promise.all(this.#contexts.splice(0).map((context) => context.close()));
    this.#guard = new PageGuard();
    this.model.forget();
    this.line.putBack();
    guard.check();
  }

  async close(): Promise<void> {
    const opened = this.#opened;
    this.#opened = undefined;
    await opened?.browser.close();
    await opened?.line[Symbol.asyncDispose]();
    await opened?.stage.close();
  }

  /** What the pages say of a daemon that is away is not under test. */
  #expectAbsence(): void {
    this.#guard.expect(/ERR_CONNECTION_(REFUSED|RESET|CLOSED)|ERR_EMPTY_RESPONSE|WebSocket/);
  }

  get #held(): Opened {
    if (this.#opened === undefined) throw new Error("The daemon and the browser are not open.");
    return this.#opened;
  }
}

function withOrigin(url: string, config: object = {}): object {
  const { extensions = {} } = config as { readonly extensions?: object };
  const { host, origin } = new URL(url);
  const http = { allowedHosts: [host], allowedOrigins: [origin] };
  return { ...config, extensions: { ...extensions, "transport-http": http } };
}

/** Settles when the page has signed in and shows its places. */
async function desk(page: Page): Promise<void> {
  await page.getByRole("navigation", { name: "Places", includeHidden: true }).waitFor({ state: "attached" });
  // It listens to the keys when it was drawn.
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve))));
}
