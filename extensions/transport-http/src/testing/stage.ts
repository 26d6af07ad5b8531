// A running transport with operations that write down when they are called.
import { readFileSync } from "node:fs";
import { type HttpUpgrades, HttpUpgradesService, type Surface, Surfaces } from "@lathe/extension-kit";
import {
  fakeContribution,
  fakeService,
  openTestHost,
  realTimers,
  type TestHost,
} from "@lathe/extension-kit/testing";
import type { Activate, ConversationEvent, Host, Release } from "@lathe/kernel";
import {
  type AnyOperation,
  type Authenticator,
  Authenticators,
  type Call,
  defineOperation,
  type EventSink,
  HttpAddressService,
  LocalAccessService,
  Operations,
  type PageSessions,
  PageSessionsService,
  type Session,
} from "@lathe/wire";
import {
  boolean,
  exactOptional,
  integer,
  maxValue,
  minValue,
  number,
  object,
  pipe,
  strictObject,
  string,
  unknown,
} from "valibot";
import { activate } from "../extension.ts";

export const token = "t0kenOfTheStage_t0kenOfTheStage_t0kenOfTheS";
export const authorization: string = `Bearer ${token}`;

/** A second caller, who may read and write; `guest.leave()` ends the session. */
export interface Guest {
  readonly token: string;
  leave(): void;
}

export interface Stage extends AsyncDisposable {
  readonly host: TestHost;
  readonly guest: Guest;
  /** Signed in by a cookie; its `token` is the secret of that. */
  readonly page: Guest;
  /** What serves upgrades. */
  readonly upgrades: HttpUpgrades;
  readonly url: string;
  readonly port: number;
  /** Every operation that was run, with its input, in order. */
  readonly calls: readonly { readonly name: string; readonly input: unknown; readonly call: Call }[];
  /** The streams that were opened, in order. */
  readonly streams: readonly StageStream[];
  /** Adds an operation to the running host. */
  contribute(operation: AnyOperation): Release;
  /** As `fetch`, with the token; a body that is no text is sent as JSON. */
  request(path: string, options?: StageRequest): Promise<Response>;
}

export interface StageRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

export interface StageStream {
  readonly sink: EventSink;
  readonly stopCount: () => number;
  /** Sends one event, serialized as it is. */
  send(event: ConversationEvent): void;
}

export const manifest: unknown = JSON.parse(
  readFileSync(new URL("../../manifest.json", import.meta.url), "utf8"),
);

export async function openStage(
  config: Readonly<Record<string, unknown>> = {},
  more: readonly AnyOperation[] = [],
): Promise<Stage> {
  const calls: { readonly name: string; readonly input: unknown; readonly call: Call }[] = [];
  const streams: StageStream[] = [];
  const operations = [...stageOperations(streams), ...more].map((operation) => recording(operation, calls));
  const guests = createGuests();
  const page = createPage();
  let inside: Host | undefined;
  const activateAndKeep: Activate = (host, scope) => {
    inside = host;
    return activate(host, scope);
  };
  const host = await openTestHost({
    manifest: { ...(manifest as object), contributes: { operations: ["*"] } },
    activate: activateAndKeep,
    config: { port: 0, ...config },
    services: [fakeService(LocalAccessService, { token }), fakeService(PageSessionsService, page.sessions)],
    contributions: [
      ...operations.map((operation) => fakeContribution(Operations, operation.name, operation)),
      fakeContribution(Authenticators, "a-broken-one", broken),
      fakeContribution(Authenticators, "guests", guests.authenticator),
      fakeContribution(Authenticators, "local", local),
      fakeContribution(Surfaces, "a-broken-one", brokenSurface),
      fakeContribution(Surfaces, "page", surface),
    ],
    powers: { timers: realTimers() },
  });
  const { url } = host.use(HttpAddressService);
  return {
    host,
    guest: guests.guest,
    page: page.guest,
    upgrades: host.use(HttpUpgradesService),
    url,
    port: Number(new URL(url).port),
    calls,
    streams,
    contribute: (operation) => (inside as Host).contribute(Operations, operation.name, operation),
    request: (path, options = {}) => fetch(`${url}${path}`, initOf(options)),
    [Symbol.asyncDispose]: () => host.close(),
  };
}

/** Knows the token of the stage. */
export const local: Authenticator = {
  authenticate: (given) =>
    given === token
      ? {
          principal: { id: "local", scopes: ["public", "read", "write", "admin"] },
          ended: new AbortController().signal,
        }
      : undefined,
};

const broken: Authenticator = {
  authenticate: (given) => {
    if (given.endsWith("breaks")) throw new Error(`It broke over ${given}.`);
    return undefined;
  },
};

function createGuests(): { readonly guest: Guest; readonly authenticator: Authenticator } {
  const leaving = new AbortController();
  const guestToken = "t0kenOfTheGuest_t0kenOfTheGuest_t0kenOfTheG";
  const session: Session = {
    principal: { id: "guest", scopes: ["public", "read", "write"] },
    ended: leaving.signal,
  };
  return {
    guest: { token: guestToken, leave: () => leaving.abort() },
    authenticator: { authenticate: (given) => (given === guestToken ? session : undefined) },
  };
}

function createPage(): { readonly guest: Guest; readonly sessions: PageSessions } {
  const leaving = new AbortController();
  const secret = "s3cretOfThePage";
  const session: Session = {
    principal: { id: "page", scopes: ["public", "read", "write"] },
    ended: leaving.signal,
  };
  const recognize = (given: string): Session | undefined => {
    if (given.endsWith("breaks")) throw new Error(`It broke over ${given}.`);
    return given === secret ? session : undefined;
  };
  return { guest: { token: secret, leave: () => leaving.abort() }, sessions: { recognize } };
}

const brokenSurface: Surface = {
  find: ({ path }) => {
    if (path === "/breaks") throw new Error("It broke.");
    return undefined;
  },
};

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Shows something at each place that it is asked about, if it is asked as a page. */
const surface: Surface = {
  find: ({ path, wantsPage }) => {
    if (path === "/file.js")
      return {
        status: 200,
        headers: { "content-type": "text/javascript", "cache-control": "max-age=1" },
        bodies: { identity: bytes("as it is"), br: bytes("br"), gzip: bytes("gzip") },
        version: "v1",
      };
    if (!wantsPage) return undefined;
    return { status: 503, headers: { "content-type": "text/plain" }, bodies: { identity: bytes(path) } };
  },
};

function initOf({ method = "GET", headers = {}, body, signal }: StageRequest): RequestInit {
  const json = body !== undefined && typeof body !== "string";
  return {
    method,
    headers: {
      authorization,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: json ? JSON.stringify(body) : String(body) }),
    ...(signal === undefined ? {} : { signal }),
  };
}

function recording(
  operation: AnyOperation,
  calls: { readonly name: string; readonly input: unknown; readonly call: Call }[],
): AnyOperation {
  return {
    ...operation,
    run: (input, call) => {
      calls.push({ name: operation.name, input, call });
      return operation.run(input, call);
    },
  };
}

function stageOperations(streams: StageStream[]): readonly AnyOperation[] {
  return [
    defineOperation({
      name: "things.list",
      summary: "Lists things.",
      scope: "read",
      rest: { method: "GET", path: "/api/things", status: 200 },
      input: strictObject({
        limit: exactOptional(pipe(number(), integer(), minValue(1), maxValue(100))),
        deep: exactOptional(boolean()),
        after: exactOptional(string()),
      }),
      output: unknown(),
      problems: [],
      run: async (input) => ({ input }),
    }),
    defineOperation({
      name: "things.create",
      summary: "Makes a thing.",
      scope: "write",
      rest: { method: "POST", path: "/api/things", status: 201 },
      input: strictObject({
        text: string(),
        count: exactOptional(number()),
        settings: exactOptional(strictObject({ effort: exactOptional(string()) })),
        extra: exactOptional(unknown()),
      }),
      output: object({ text: string() }),
      problems: ["thing-exists"],
      run: async ({ text }) => ({ text }),
    }),
    defineOperation({
      name: "things.get",
      summary: "Shows a thing.",
      scope: "read",
      rest: { method: "GET", path: "/api/things/:id", status: 200 },
      input: strictObject({ id: string() }),
      output: object({ id: string() }),
      problems: ["unknown-thing"],
      run: async ({ id }) => ({ id }),
    }),
    defineOperation({
      name: "things.delete",
      summary: "Removes a thing.",
      scope: "write",
      rest: { method: "DELETE", path: "/api/things/:id", status: 204 },
      input: strictObject({ id: string() }),
      output: unknown(),
      problems: [],
      run: async () => undefined,
    }),
    defineOperation({
      name: "things.send",
      summary: "Sends to a thing, and follows it.",
      scope: "write",
      rest: { method: "POST", path: "/api/things/:id/messages", status: 202 },
      input: strictObject({ id: string(), text: string() }),
      output: object({ seq: number() }),
      problems: [],
      run: async () => ({ seq: 1 }),
      follow: () => (sink) => {
        let stopCount = 0;
        streams.push({
          sink,
          stopCount: () => stopCount,
          send: (event) => sink.event(event, () => JSON.stringify(event)),
        });
        return () => {
          stopCount += 1;
        };
      },
    }),
    defineOperation({
      name: "health.live",
      summary: "Says that the daemon lives.",
      scope: "public",
      rest: { method: "GET", path: "/livez", status: 200 },
      input: strictObject({}),
      output: object({ live: boolean() }),
      problems: [],
      run: async () => ({ live: true }),
    }),
  ];
}
