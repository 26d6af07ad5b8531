// The extension in a host: its operations, and what is kept of them over a restart.
import { readFileSync } from "node:fs";
import { Surfaces } from "@lathe/extension-kit";
import {
  fakeService,
  type MemoryStorage,
  openMemoryStorage,
  openTestHost,
  type TestHost,
} from "@lathe/extension-kit/testing";
import { type Storage, StorageService } from "@lathe/kernel";
import {
  type Call,
  type CallCookie,
  LocalAccessService,
  localPrincipal,
  Operations,
  PageSessionsService,
  ProblemError,
} from "@lathe/wire";
import { beforeEach, expect, test } from "vitest";
import { activateWith } from "./extension.ts";

const dayMs = 24 * 60 * 60 * 1_000;
const manifest: unknown = JSON.parse(readFileSync(new URL("../manifest.json", import.meta.url), "utf8"));
let storage: MemoryStorage;
beforeEach(() => {
  storage = openMemoryStorage();
});

function start(token = "t".repeat(43), powers: Readonly<Record<string, unknown>> = {}): Promise<TestHost> {
  return openTestHost({
    manifest,
    activate: (host, scope) => activateWith(new URL("file:///there/is/no/page/"), host, scope),
    services: [
      fakeService(LocalAccessService, { token }),
      fakeService<Storage>(StorageService, storage.namespace("web-client")),
    ],
    powers,
  });
}

/** A browser: it has at most one secret. */
class Browser {
  held: string | null = null;
  maxAgeMs = 0;

  cookie(secret: string | null): CallCookie {
    return {
      secret,
      keep: (kept, maxAgeMs) => {
        this.held = kept;
        this.maxAgeMs = maxAgeMs;
      },
      drop: () => {
        this.held = null;
      },
    };
  }

  /** With its cookie, or with a token in the header. */
  ask(host: TestHost, name: string, by: "cookie" | "token" = "cookie"): Promise<unknown> {
    return run(host, name, { cookie: this.cookie(by === "token" ? null : this.held) });
  }
}

async function run(host: TestHost, name: string, call: Partial<Call>): Promise<unknown> {
  const all = { principal: localPrincipal, signal: new AbortController().signal, ...call };
  try {
    return await host.contributions(Operations).get(name)?.run({}, all);
  } catch (error) {
    return error instanceof ProblemError ? [error.status, error.code] : error;
  }
}

const recognized = (host: TestHost, secret: string | null): string | undefined =>
  host.use(PageSessionsService).recognize(secret ?? "")?.principal.id;

test("a page signs in with the token, is known by its cookie, and signs out", async () => {
  await using host = await start();
  const browser = new Browser();
  const session = { principal: localPrincipal, expiresAtMs: host.clock.nowMs() + 30 * dayMs };
  expect(await browser.ask(host, "session.begin", "token")).toEqual(session);
  expect([recognized(host, browser.held), browser.maxAgeMs]).toEqual(["local", 30 * dayMs]);
  expect(await browser.ask(host, "session.get")).toEqual(session);
  const secret = browser.held;
  expect(await browser.ask(host, "session.end")).toBe(null);
  expect([browser.held, recognized(host, secret)]).toEqual([null, undefined]);
});

test("it is given a longer session when less than half of its own is left, and not before", async () => {
  await using host = await start();
  const browser = new Browser();
  await browser.ask(host, "session.begin", "token");
  const first = browser.held;
  host.clock.advance(15 * dayMs);
  await browser.ask(host, "session.get");
  expect(browser.held).toBe(first);
  host.clock.advance(1);
  const session = await browser.ask(host, "session.get");
  expect(session).toMatchObject({ expiresAtMs: host.clock.nowMs() + 30 * dayMs });
  expect(browser.held).not.toBe(first);
});

test("a restart keeps who is signed in and who is signed out, and a changed token keeps nobody", async () => {
  const [staying, leaving] = [new Browser(), new Browser()];
  const first = await start();
  for (const browser of [staying, leaving]) await browser.ask(first, "session.begin", "token");
  // The host counts its ids from 1 each time.
  const left = leaving.held;
  await leaving.ask(first, "session.end");
  await first.close();
  const second = await start();
  expect([recognized(second, staying.held), recognized(second, left)]).toEqual(["local", undefined]);
  await second.close();
  await using third = await start("u".repeat(43));
  expect([recognized(third, staying.held), recognized(third, left)]).toEqual([undefined, undefined]);
});

test("those that were ended are kept until they would be over, and then removed", async () => {
  const rows = async (): Promise<number> =>
    (await storage.namespace("web-client").list({ prefix: ["ended"], limit: 1_000 })).length;
  const first = await start();
  for (let count = 0; count < 3; count += 1) {
    const browser = new Browser();
    await browser.ask(first, "session.begin", "token");
    await browser.ask(first, "session.end");
  }
  expect(await rows()).toBe(3);
  const laterMs = first.clock.nowMs() + 30 * dayMs;
  await first.close();
  const clock = { nowMs: () => laterMs, monotonicMs: () => 0 };
  const ids = { newId: (prefix: string) => `${prefix}_of_later` };
  await using second = await start(undefined, { clock, ids });
  const browser = new Browser();
  await browser.ask(second, "session.begin", "token");
  await browser.ask(second, "session.end");
  expect(await rows()).toBe(1);
});

test("more ended sessions than one page of rows are all known again", async () => {
  const count = 2_500;
  const puts = Array.from({ length: count }, (_, at) => ({ key: ["ended", `ses_${at}`], value: 9e15 }));
  await storage.namespace("web-client").commit({ puts });
  await using host = await start(undefined, { ids: { newId: () => `ses_${count - 1}` } });
  const browser = new Browser();
  await browser.ask(host, "session.begin", "token");
  expect(recognized(host, browser.held)).toBeUndefined();
});

test("without cookies nobody signs in or out, and everybody may ask who they are", async () => {
  await using host = await start();
  const none = { cookie: undefined as never };
  expect(await run(host, "session.begin", none)).toEqual([400, "cookies-need-http"]);
  expect(await run(host, "session.end", none)).toEqual([400, "cookies-need-http"]);
  expect(await run(host, "session.get", none)).toEqual({ principal: localPrincipal, expiresAtMs: null });
});

test("who is signed in needs the token to sign in anew, and a token has no session to end", async () => {
  await using host = await start();
  const browser = new Browser();
  await browser.ask(host, "session.begin", "token");
  const { held } = browser;
  expect(await browser.ask(host, "session.begin")).toEqual([409, "token-needed"]);
  expect(await browser.ask(host, "session.end", "token")).toEqual([409, "no-session"]);
  expect(browser.held).toBe(held);
  const guest = { id: "guest", scopes: ["read"] as const };
  expect(await run(host, "session.begin", { principal: guest, cookie: browser.cookie(null) })).toEqual([
    403,
    "forbidden",
  ]);
});

test("where the end cannot be written down, the browser forgets its cookie and is told", async () => {
  await using host = await start();
  const browser = new Browser();
  await browser.ask(host, "session.begin", "token");
  const secret = browser.held;
  storage.guardCommits(() => {
    throw new Error("The disk is full.");
  });
  expect(await browser.ask(host, "session.end")).toMatchObject({ message: "The disk is full." });
  expect([browser.held, recognized(host, secret)]).toEqual([null, undefined]);
});

test("it starts without a page, and leaves nothing behind when it stops", async () => {
  const host = await start();
  expect(host.state.kind).toBe("active");
  expect(host.contributions(Surfaces).get("web-client")?.find({ path: "/", wantsPage: true })?.status).toBe(
    503,
  );
  const browser = new Browser();
  await browser.ask(host, "session.begin", "token");
  expect([recognized(host, browser.held), host.timers.waitingCount()]).toEqual(["local", 1]);
  await host.close();
  expect(host.timers.waitingCount()).toBe(0);
});
