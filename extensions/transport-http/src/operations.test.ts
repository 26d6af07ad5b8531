import {
  AppendConflictError,
  StorageFailedError,
  StorageOverloadedError,
  StorageReadOnlyError,
  TurnRefusedError,
  UnknownConversationError,
} from "@lathe/kernel";
import { type AnyOperation, defineOperation, ProblemError, ProblemSchema } from "@lathe/wire";
import { is, number, object, strictObject, unknown } from "valibot";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openStage, type Stage } from "./testing/stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage[Symbol.asyncDispose]());

async function refusal(answer: Response): Promise<unknown> {
  const document: unknown = await answer.json();
  expect(is(ProblemSchema, document)).toBe(true);
  expect(answer.headers.get("content-type")).toBe("application/problem+json");
  const { status, code, errors } = document as {
    status: number;
    code: string;
    errors?: readonly { field: string }[];
  };
  expect(status).toBe(answer.status);
  return [status, code, ...(errors ?? []).map(({ field }) => field)];
}

describe("the input", () => {
  test("path, query and body come together in one object, and text of the URL becomes what the schema wants", async () => {
    const listed = await stage.request("/api/things?limit=20&deep=true&after=00042");
    expect(await listed.json()).toEqual({ input: { limit: 20, deep: true, after: "00042" } });
    const sent = await stage.request("/api/things/a%2Fb%20c/messages", {
      method: "POST",
      body: { text: "x" },
    });
    expect([sent.status, stage.calls.at(-1)?.input]).toEqual([202, { id: "a/b c", text: "x" }]);
  });

  test("what is wrong is named: wrong types, missing, unknown and doubled fields", async () => {
    const gets: readonly (readonly [string, string])[] = [
      ["limit=ten", "limit"],
      ["limit=", "limit"],
      ["limit=1e1", "limit"],
      ["limit=0x10", "limit"],
      ["limit=0", "limit"],
      ["limit=1000000", "limit"],
      ["limit=1.5", "limit"],
      ["deep=yes", "deep"],
      ["more=1", "more"],
      ["limit=1&limit=2", "limit"],
      [`limit=${"9".repeat(400)}`, "limit"],
    ];
    for (const [query, field] of gets) {
      expect([query, await refusal(await stage.request(`/api/things?${query}`))]).toEqual([
        query,
        [400, "invalid-input", field],
      ]);
    }
    const posts: readonly (readonly [unknown, string])[] = [
      [{}, "text"],
      [{ text: 1 }, "text"],
      [{ text: "x", count: "1" }, "count"],
      [{ text: "x", settings: { effort: 1 } }, "settings.effort"],
      [{ text: "x", settings: { more: 1 } }, "settings.more"],
      [[], ""],
      ["null", ""],
      ["3", ""],
    ];
    for (const [body, field] of posts) {
      const answer = await stage.request("/api/things", { method: "POST", body });
      expect([body, await refusal(answer)]).toEqual([body, [400, "invalid-input", field]]);
    }
    const clash = await stage.request("/api/things/1/messages", {
      method: "POST",
      body: { id: "2", text: "x" },
    });
    expect(await refusal(clash)).toEqual([400, "invalid-input", "id"]);
    expect(await refusal(await stage.request("/api/things", { method: "POST" }))).toEqual([
      400,
      "invalid-input",
      "text",
    ]);
  });
});

describe("the answer", () => {
  test("the declared status, and no body where there is none", async () => {
    const made = await stage.request("/api/things", { method: "POST", body: { text: "x" } });
    expect([made.status, made.headers.get("content-type"), await made.json()]).toEqual([
      201,
      "application/json",
      { text: "x" },
    ]);
    const removed = await stage.request("/api/things/1", { method: "DELETE" });
    expect([removed.status, removed.headers.get("content-type"), await removed.text()]).toEqual([
      204,
      null,
      "",
    ]);
    const head = await stage.request("/api/things/1", { method: "HEAD" });
    expect([head.status, head.headers.get("content-length"), await head.text()]).toEqual([200, "10", ""]);
  });

  test("an unknown path is a 404, a wrong method a 405 that names the right ones", async () => {
    for (const path of ["/", "/api", "/api/nothing", "/api/things/1/2/3", "/api/things/", "/index.html"]) {
      expect([path, await refusal(await stage.request(path))]).toEqual([path, [404, "not-found"]]);
    }
    const wrong = await stage.request("/api/things/1", { method: "PATCH", body: {} });
    expect([await refusal(wrong), wrong.headers.get("allow")]).toEqual([
      [405, "method-not-allowed"],
      "DELETE, GET, HEAD",
    ]);
    expect((await stage.request("/livez", { method: "DELETE" })).status).toBe(405);
  });
});

describe("what a handler throws", () => {
  const thrown: readonly (readonly [unknown, number, string, ...fields: string[]])[] = [
    [new ProblemError(418, "teapot", "Short and stout."), 418, "teapot"],
    [new UnknownConversationError("cnv_1"), 404, "unknown-conversation"],
    [new TurnRefusedError("turn-in-progress", "Wait."), 409, "turn-in-progress"],
    [new TurnRefusedError("unknown-model", "None."), 422, "unknown-model", "model"],
    [new TurnRefusedError("unknown-agent", "None."), 422, "unknown-agent", "agent"],
    [new TurnRefusedError("no-model", "None."), 422, "no-model", "model"],
    [new TurnRefusedError("draining", "Soon."), 503, "draining"],
    [new AppendConflictError("cnv_1"), 409, "append-conflict"],
    [new StorageReadOnlyError("/home/user/secret is full"), 507, "storage-read-only"],
    [new StorageOverloadedError("/home/user/secret is slow"), 503, "storage-overloaded"],
    [new StorageFailedError("/home/user/secret is gone"), 503, "storage-failed"],
    [new Error("/home/user/secret"), 500, "internal"],
    [new TypeError("secret"), 500, "internal"],
    [{ secret: true }, 500, "internal"],
    [undefined, 500, "internal"],
    [Object.assign(new Error("secret"), { status: 200, code: "secret" }), 500, "internal"],
  ];

  test("each known error has its status and code; anything else is internal, without a word of it", async () => {
    const throwing = defineOperation({
      name: "errors.throw",
      summary: "Throws.",
      scope: "read",
      rest: { method: "GET", path: "/api/errors/:index", status: 200 },
      input: strictObject({ index: number() }),
      output: unknown(),
      problems: [],
      run: async ({ index }) => {
        throw thrown[index]?.[0];
      },
    });
    await using other = await openStage({}, [throwing]);
    for (const [index, [, status, code, ...fields]] of thrown.entries()) {
      const answer = await other.request(`/api/errors/${index}`);
      expect(answer.headers.get("retry-after")).toBe(status === 503 ? "2" : null);
      const text = await answer.clone().text();
      expect([index, await refusal(answer)]).toEqual([index, [status, code, ...fields]]);
      expect(text).not.toMatch(/secret|home|\.ts|stack/);
    }
    const logged = other.host.records.filter((record) => record.kind === "log" && record.level === "error");
    expect(logged.length).toBe(thrown.filter(([, status]) => status === 500).length);
    expect(logged[0]).toMatchObject({
      source: "transport-http",
      attributes: { operation: "errors.throw", error: "Error: /home/user/secret" },
    });
  });

  test("an output that JSON cannot say is internal", async () => {
    const broken = defineOperation({
      name: "outputs.break",
      summary: "Gives what cannot be sent.",
      scope: "read",
      rest: { method: "GET", path: "/api/broken", status: 200 },
      input: strictObject({}),
      output: unknown(),
      problems: [],
      run: async () => ({ count: 1n }),
    });
    await using other = await openStage({}, [broken]);
    expect(await refusal(await other.request("/api/broken"))).toEqual([500, "internal"]);
  });

  test("a scope that the caller does not hold is a 403", async () => {
    const odd = { ...operation("odd.scope", "GET", "/api/odd"), scope: "nobody" } as unknown as AnyOperation;
    await using other = await openStage({}, [odd]);
    expect(await refusal(await other.request("/api/odd"))).toEqual([403, "forbidden"]);
    expect(other.calls).toEqual([]);
  });
});

function operation(name: string, method: "GET" | "POST" | "DELETE", path: string): AnyOperation {
  return defineOperation({
    name,
    summary: `Does ${name}.`,
    scope: "read",
    rest: { method, path, status: 200 },
    input: object({}),
    output: unknown(),
    problems: [],
    run: async () => ({ name }),
  });
}

describe("the routes", () => {
  test("a fixed segment is never shadowed by a parameter, whatever the names", async () => {
    const operations = [
      operation("a.param", "GET", "/api/x/:id"),
      operation("b.fixed", "GET", "/api/x/search"),
      operation("c.param", "DELETE", "/api/x/:key"),
      operation("d.deep", "GET", "/api/x/:id/y"),
      operation("e.deep", "GET", "/api/x/search/:z"),
    ];
    await using other = await openStage({}, operations);
    const names = [];
    for (const [method, path] of [
      ["GET", "/api/x/1"],
      ["GET", "/api/x/search"],
      ["DELETE", "/api/x/search"],
      ["GET", "/api/x/search/y"],
      ["GET", "/api/x/1/y"],
    ] as const) {
      names.push(((await (await other.request(path, { method })).json()) as { name: string }).name);
    }
    expect(names).toEqual(["a.param", "b.fixed", "c.param", "e.deep", "d.deep"]);
  });

  test("of two operations with one method and path the first by name stands, and the log says so", async () => {
    await using other = await openStage({}, [
      operation("z.second", "GET", "/api/x/:id"),
      operation("a.first", "GET", "/api/x/:name"),
    ]);
    expect(await (await other.request("/api/x/1")).json()).toEqual({ name: "a.first" });
    const warnings = other.host.records.filter((record) => record.kind === "log" && record.level === "warn");
    expect(warnings).toMatchObject([
      {
        attributes: { operation: "z.second", reason: "The operation a.first has the same method and path." },
      },
    ]);
  });

  test("a path that could mean more than it says costs its own operation only", async () => {
    await using other = await openStage({}, [
      ...["/api/:a{(}/x", "/api/:a{.+}", "/api/*", "/api/:a?", "api/x", "//x", "/api/x/", "/a b"].map(
        (path, at) => operation(`bad.path${at}`, "GET", path),
      ),
      operation("good.path", "GET", "/api/good"),
    ]);
    expect((await other.request("/api/good")).status).toBe(200);
    expect((await other.request("/api/things")).status).toBe(200);
    expect((await other.request("/api/anything/else")).status).toBe(404);
    const warnings = other.host.records.filter((record) => record.kind === "log" && record.level === "warn");
    expect(warnings.length).toBe(8);
  });
});

describe("the description", () => {
  interface Described {
    readonly openapi: string;
    readonly paths: Record<string, Record<string, DescribedOperation>>;
    readonly components: { readonly schemas: Record<string, unknown> };
  }
  interface DescribedOperation {
    readonly operationId: string;
    readonly security?: unknown;
    readonly parameters?: readonly {
      readonly in: string;
      readonly name: string;
      readonly required: boolean;
      readonly schema: object;
    }[];
    readonly requestBody?: {
      readonly required: boolean;
      readonly content: Record<string, { readonly schema: unknown }>;
    };
    readonly responses: Record<
      string,
      { readonly description: string; readonly content?: Record<string, { readonly schema: unknown }> }
    >;
  }

  test("every operation is described as OpenAPI 3.1, the description itself too", async () => {
    const document = (await (await stage.request("/api/openapi.json")).json()) as Described;
    expect(document.openapi).toBe("3.1.0");
    const ids = Object.values(document.paths).flatMap((methods) =>
      Object.values(methods).map(({ operationId }) => operationId),
    );
    expect(ids.toSorted()).toEqual([
      "api.describe",
      "health.live",
      "things.create",
      "things.delete",
      "things.get",
      "things.list",
      "things.send",
    ]);
    for (const [path, methods] of Object.entries(document.paths)) {
      for (const described of Object.values(methods)) {
        const named = (described.parameters ?? [])
          .filter((each) => each.in === "path")
          .map(({ name }) => `{${name}}`);
        expect(path.match(/\{[^}]+\}/g) ?? []).toEqual(named);
        expect(described.responses.default?.content).toEqual({
          "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } },
        });
      }
    }
    expect(document.components.schemas.Problem).toMatchObject({
      type: "object",
      required: ["type", "title", "status", "code", "detail"],
    });
    // Whatever is referred to is there.
    for (const [, reference] of JSON.stringify(document).matchAll(
      /"\$ref":"#\/components\/schemas\/([^"]+)"/g,
    )) {
      expect(Object.keys(document.components.schemas)).toContain(reference);
    }
  });

  test("parameters, bodies, answers and streams are where the transport takes and gives them", async () => {
    const { paths } = (await (await stage.request("/api/openapi.json")).json()) as Described;
    expect(paths["/api/things"]?.get?.parameters).toEqual([
      { in: "query", name: "limit", required: false, schema: { type: "integer", minimum: 1, maximum: 100 } },
      { in: "query", name: "deep", required: false, schema: { type: "boolean" } },
      { in: "query", name: "after", required: false, schema: { type: "string" } },
    ]);
    expect(paths["/api/things/{id}/messages"]?.post).toMatchObject({
      parameters: [{ in: "path", name: "id", required: true, schema: { type: "string" } }],
      requestBody: {
        required: true,
        content: {
          "application/json": {
            schema: {
              type: "object",
              properties: { text: { type: "string" } },
              required: ["text"],
              additionalProperties: false,
            },
          },
        },
      },
      responses: {
        "202": { content: { "application/json": { schema: { type: "object", required: ["seq"] } } } },
        "200": { content: { "text/event-stream": {} } },
      },
    });
    expect(paths["/api/things/{id}"]?.delete?.responses["204"]).toEqual({ description: "Done." });
    expect(paths["/livez"]?.get?.security).toEqual([]);
    expect(paths["/api/things"]?.post?.responses.default?.description).toContain("`thing-exists`");
  });
});

test("an operation is told the caller's name for the request, and what it says it saw last", async () => {
  await using stage = await openStage();
  await stage.request("/api/things");
  await stage.request("/api/things", { headers: { "idempotency-key": "once", "last-event-id": "-1, NaN" } });
  expect(
    stage.calls.map(({ call: { idempotencyKey, lastEventId } }) => [idempotencyKey, lastEventId]),
  ).toEqual([
    [undefined, undefined],
    ["once", "-1, NaN"],
  ]);
});

test.each([
  "",
  "x".repeat(201),
  "two words",
  "caf\u00e9",
  "tab\tbed",
])("an Idempotency-Key that is none is refused: '%.10s'", async (key) => {
  await using stage = await openStage();
  const answer = await stage.request("/api/things", { headers: { "idempotency-key": key } });
  expect([answer.status, await answer.json()]).toMatchObject([400, { code: "invalid-idempotency-key" }]);
  expect(stage.calls).toEqual([]);
});

test("two Idempotency-Keys are none, and what no position can be as long as is cut", async () => {
  await using stage = await openStage();
  const twice = new Headers({ "idempotency-key": "one" });
  twice.append("idempotency-key", "two");
  const refused = await stage.request("/api/things", { headers: Object.fromEntries(twice) });
  expect(await refused.json()).toMatchObject({ status: 400, code: "invalid-idempotency-key" });
  const key = "!~".repeat(100);
  const headers = { "idempotency-key": key, "last-event-id": "9".repeat(5_000) };
  expect((await stage.request("/api/things", { headers })).status).toBe(200);
  const { idempotencyKey, lastEventId } = stage.calls.at(-1)?.call ?? {};
  expect([idempotencyKey, lastEventId]).toEqual([key, "9".repeat(100)]);
});

test("the headers that mean something to an operation are described with it", async () => {
  const described = { summary: "Is described.", scope: "read", output: unknown(), problems: [] } as const;
  const named = defineOperation({
    ...described,
    name: "named",
    rest: { method: "POST", path: "/api/named", status: 202 },
    input: strictObject({}),
    idempotencyKeys: true,
    run: async () => null,
  });
  const followed = defineOperation({
    ...described,
    name: "followed",
    rest: { method: "GET", path: "/api/followed", status: 200, stream: true },
    input: strictObject({}),
    run: async () => null,
    follow: () => undefined,
  });
  await using stage = await openStage({}, [named, followed]);
  const { paths } = (await (await stage.request("/api/openapi.json")).json()) as {
    readonly paths: Record<string, Record<string, { parameters?: readonly object[]; responses: object }>>;
  };
  expect(paths["/api/named"]?.post?.parameters).toMatchObject([{ in: "header", name: "Idempotency-Key" }]);
  expect(paths["/api/followed"]?.get?.parameters).toMatchObject([{ in: "header", name: "Last-Event-ID" }]);
  expect(Object.keys(paths["/api/followed"]?.get?.responses ?? {})).toEqual(["200", "204", "default"]);
});

test("what is contributed or taken away while it runs is there, or gone, at the next request", async () => {
  await using other = await openStage();
  const statuses = async (): Promise<unknown> => [
    (await other.request("/api/late")).status,
    (await fetch(`${other.url}/late`)).status,
  ];
  expect(await statuses()).toEqual([404, 401]);
  const leave = other.contribute(operation("late.come", "GET", "/api/late"));
  const close = other.contribute({ ...operation("late.open", "GET", "/late"), scope: "public" });
  expect(await statuses()).toEqual([200, 200]);
  const described = await (await other.request("/api/openapi.json")).text();
  expect(described).toContain("late.come");
  await leave();
  await close();
  expect(await statuses()).toEqual([404, 401]);
});
