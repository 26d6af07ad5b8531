// R1 to R5 on a real daemon: a run is started, followed, stopped and deleted over HTTP, by its owner and by nobody else.
import { fileURLToPath } from "node:url";
import type { Conversation, Run, RunEntry } from "@lathe/kernel";
import type { Page } from "@lathe/wire";
import type { RunEventsPage } from "@lathe/wire/operations";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { exitCodes } from "../exit-codes.ts";
import { chatAnswer, chatCallAnswer, chatText } from "../testing/chat-answers.ts";
import { type DaemonProcess, killDaemonProcess } from "../testing/daemon-process.ts";
import { guestTokens } from "../testing/guests.ts";
import { runLathe } from "../testing/lathe-process.ts";
import { RunCaller, type SentEvent } from "../testing/run-caller.ts";
import { Stage } from "../testing/stage.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const program = fileURLToPath(new URL("../testing/trouble-daemon.ts", import.meta.url));

let stage: Stage;
let daemon: DaemonProcess;
let local: RunCaller;
let ann: RunCaller;
let bob: RunCaller;
beforeAll(async () => {
  stage = await Stage.open();
  use(await stage.start({ program }));
});
afterEach(() => stage.server.forget());
afterAll(() => stage.close());

function use(started: DaemonProcess): void {
  daemon = started;
  local = new RunCaller(daemon);
  ann = new RunCaller(daemon, guestTokens.ann);
  bob = new RunCaller(daemon, guestTokens.bob);
}

const durable = (events: readonly SentEvent[]): readonly unknown[] =>
  events.filter(({ id }) => id !== null).map(({ data }) => data);

function callOf(name: string, input: object = {}): ReturnType<typeof chatCallAnswer> {
  return chatCallAnswer({ id: "call_1", name, argumentsText: JSON.stringify(input) });
}

async function entriesOf(caller: RunCaller, id: string): Promise<readonly RunEntry[]> {
  const page = (await (await caller.fetch("GET", `/api/runs/${id}/events`)).json()) as RunEventsPage;
  expect(page.nextAfter).toBeNull();
  return page.items;
}

describe("a run of a turn", () => {
  test("R1, R2: is answered with 202 and its id at once, runs without anybody, and keeps what it came to", async () => {
    stage.server.next({ pieces: chatAnswer("It is ", "done.") });
    const begun = await local.begin({ input: "Do it." });
    expect(begun).toMatchObject({
      id: expect.stringMatching(/^run_[0-9a-f]{32}$/),
      ...{ kind: "turn", owner: "local", parentId: null, status: "running", agent: "default" },
      ...{ conversationId: expect.stringMatching(/^cnv_/), turnId: expect.stringMatching(/^trn_/) },
      ...{ endedAtMs: null, result: null, error: null },
    });
    const run = await local.over(begun.id);
    expect(run).toMatchObject({ status: "succeeded", result: "It is done.", error: null });
    expect(run.usage).toMatchObject({ inputTokens: 5, outputTokens: 3 });
    const conversation = await daemon.client.call<Conversation>(
      "GET",
      `/api/conversations/${begun.conversationId}`,
    );
    expect(conversation).toMatchObject({ owner: "local", state: "idle" });
  });

  test("G8: from every position there comes exactly the rest, then `end`; from the last 204; from none of its own everything", async () => {
    const first = await local.begin({ input: "One." });
    await local.over(first.id);
    const { conversationId } = first;
    const { id } = await local.begin({ input: "Two.", conversationId });
    // Live, from before the turn begins to its seal.
    const live = await local.follow(id);
    await local.over((await local.begin({ input: "Three.", conversationId })).id);
    const entries = await entriesOf(local, id);
    expect(entries.map(({ type }) => type)).toEqual([
      "user-message",
      "turn-start",
      "step-complete",
      "done",
      "turn-sealed",
    ]);
    expect(durable(live.events)).toEqual(entries);
    expect(live.events.at(-1)).toEqual({ event: "end", id: null, data: {} });

    const seqs = entries.map(({ seq }) => seq);
    const lastSeq = seqs.at(-1) ?? 0;
    for (const position of [0, ...seqs.slice(0, -1)]) {
      const rest = entries.filter(({ seq }) => seq > position);
      for (const asked of [
        await local.follow(id, { "last-event-id": String(position) }),
        await local.follow(id, {}, `?after=${position}`),
        await local.follow(id, { "last-event-id": String(position) }, "?after=0"),
      ]) {
        expect(asked.events).toEqual([
          ...rest.map((entry) => ({ event: entry.type, id: String(entry.seq), data: entry })),
          { event: "end", id: null, data: {} },
        ]);
      }
    }
    expect(await local.follow(id, { "last-event-id": String(lastSeq) })).toEqual({ status: 204, events: [] });
    for (const nowhere of [String(lastSeq + 1), "-1", "NaN", "9223372036854775808", "x".repeat(5_000)]) {
      const { events } = await local.follow(id, { "last-event-id": nowhere });
      expect(events[0]).toMatchObject({ event: "reset", id: null, data: { lastSeq } });
      expect(durable(events)).toEqual(entries);
      expect(events.at(-1)?.event).toBe("end");
    }
    // A caller that does not say what it wants gets the stream all the same.
    expect((await local.follow(id, { accept: "*/*" })).events).toHaveLength(entries.length + 1);
  });

  test("R5, G14: a hanging tool is stopped; it is `stopping` at once, then `stopped`, and the conversation goes on", async () => {
    stage.server.next({ pieces: callOf("never_settle") });
    const { id, conversationId } = await local.begin({ input: "Wait." });
    const followed = local.follow(id);
    await local.seen(id, "tool-trace-start");
    const refused = await local.fetch("DELETE", `/api/runs/${id}`);
    expect([refused.status, await refused.json()]).toMatchObject([409, { code: "run-in-progress" }]);
    const stopped = await local.fetch("POST", `/api/runs/${id}/stop`);
    expect([stopped.status, await stopped.json()]).toMatchObject([202, { id, status: "stopping" }]);
    expect(await local.over(id)).toMatchObject({ status: "stopped", error: null });
    expect((await followed).events.at(-1)?.event).toBe("end");
    const again = await local.fetch("POST", `/api/runs/${id}/stop`);
    expect(await again.json()).toMatchObject({ status: "stopped" });
    const next = await local.begin({ input: "And now?", conversationId });
    expect(await local.over(next.id)).toMatchObject({ status: "succeeded", result: "All is well." });
  });

  test("a stop of an earlier run leaves the one that is running alone", async () => {
    const first = await local.begin({ input: "One." });
    await local.over(first.id);
    stage.server.next({ pieces: [chatText("Half")], ending: "hang" });
    const second = await local.begin({ input: "Two.", conversationId: first.conversationId });
    await local.fetch("POST", `/api/runs/${first.id}/stop`);
    expect(await local.get(second.id)).toMatchObject({ status: "running" });
    await local.fetch("POST", `/api/runs/${second.id}/stop`);
    expect(await local.over(second.id)).toMatchObject({ status: "stopped", result: "Half" });
  });

  test("that fails says why, and one that is sent as a message is a run like any other", async () => {
    stage.server.next({ status: 401, pieces: ['{"error":{"message":"No."}}'] });
    const { id, conversationId } = await local.begin({ input: "Fail." });
    expect(await local.over(id)).toMatchObject({ status: "failed", error: { code: "auth" }, result: null });
    const admission = await daemon.client.call<{ runId: string }>(
      "POST",
      `/api/conversations/${conversationId}/messages`,
      { text: "Go on." },
    );
    expect(await local.over(admission.runId)).toMatchObject({ kind: "turn", status: "succeeded" });
  });

  test("is deleted when it is over, and its conversation stays", async () => {
    const { id, conversationId } = await local.begin({ input: "One." });
    await local.over(id);
    expect((await local.fetch("DELETE", `/api/runs/${id}`)).status).toBe(204);
    for (const path of ["", "/events", "/stream"])
      expect((await local.fetch("GET", `/api/runs/${id}${path}`)).status).toBe(404);
    expect((await local.fetch("GET", `/api/conversations/${conversationId}`)).status).toBe(200);
  });

  test("is refused with the field that is wrong, and leaves no conversation behind", async () => {
    const count = async (): Promise<number> =>
      (await daemon.client.call<Page<Conversation>>("GET", "/api/conversations?limit=200")).items.length;
    const before = await count();
    const problems: readonly (readonly [object, number, string])[] = [
      [{ kind: "dance", input: "x" }, 422, "kind"],
      [{ input: {} }, 422, "input.text"],
      [{ input: { text: "x", model: "nobody/none" } }, 422, "input.model"],
      [{ input: "x", agent: "nobody" }, 422, "agent"],
      [{ input: "x", owner: "bob" }, 400, "owner"],
      [{ input: "x", scopes: ["admin"] }, 400, "scopes"],
    ];
    for (const [input, status, field] of problems) {
      const answer = await local.create(input);
      expect([answer.status, await answer.json()]).toMatchObject([status, { errors: [{ field }] }]);
    }
    expect(await count()).toBe(before);
  });
});

describe("an Idempotency-Key", () => {
  test("I16: sent twice at the same moment is one run, one conversation and one question to the model", async () => {
    const before = await daemon.client.call<Page<Conversation>>("GET", "/api/conversations?limit=200");
    const runs = await Promise.all(
      Array.from({ length: 10 }, () => local.begin({ input: "Once." }, "at-the-same-moment")),
    );
    expect(new Set(runs.map(({ id }) => id)).size).toBe(1);
    await local.over(runs[0]?.id ?? "");
    expect(stage.server.requests).toHaveLength(1);
    const after = await daemon.client.call<Page<Conversation>>("GET", "/api/conversations?limit=200");
    expect(after.items).toHaveLength(before.items.length + 1);
  });

  test("I16, G7: gives the same run after kill -9 and a restart, and refuses another body", async () => {
    stage.server.next({ pieces: [chatText("Half")], ending: "hang" });
    const { id } = await local.begin({ input: "Survive." }, "over-a-crash");
    await stage.server.received(0);
    await killDaemonProcess(daemon);
    stage.server.forget();
    use(await stage.start({ program }));
    expect(await local.begin({ input: "Survive." }, "over-a-crash")).toMatchObject({ id });
    const other = await local.create({ input: "Something else." }, "over-a-crash");
    expect([other.status, await other.json()]).toMatchObject([422, { code: "idempotency-key-reused" }]);
    // G4: it is over, or goes on; it is not forgotten.
    expect(["succeeded", "interrupted"]).toContain((await local.over(id)).status);
    expect((await local.begin({ input: "Survive." }, "over-a-crash")).id).toBe(id);
    expect(await local.begin({ input: "Survive." }, "another-key")).not.toMatchObject({ id });
  });

  test.each(["", "two words", "x".repeat(201)])("that is none is refused: '%.12s'", async (key) => {
    const answer = await local.create({ input: "x" }, key);
    expect([answer.status, await answer.json()]).toMatchObject([400, { code: "invalid-idempotency-key" }]);
  });
});

describe("what belongs to another", () => {
  const routes = [
    ["GET", ""],
    ["GET", "/events"],
    ["GET", "/stream"],
    ["POST", "/stop"],
    ["DELETE", ""],
  ] as const;

  test("B1, B2: is forbidden on every route and in every stream, in as many bytes as what is not there", async () => {
    const { id } = await ann.begin({ input: "Mine." });
    await ann.over(id);
    for (const [method, path] of routes) {
      const answers = await Promise.all(
        [id, id.replace(/.$/, (last) => (last === "0" ? "1" : "0"))].map((one) =>
          bob.fetch(method, `/api/runs/${one}${path}`, undefined, { accept: "text/event-stream" }),
        ),
      );
      expect(answers.map(({ status }) => status)).toEqual([403, 404]);
      const headers = answers.map((answer) => [...answer.headers.keys()].toSorted());
      expect(headers[0]).toEqual(headers[1]);
      const [forbidden, unknown] = await Promise.all(answers.map((answer) => answer.arrayBuffer()));
      expect(forbidden?.byteLength).toBe(unknown?.byteLength);
    }
    expect(await ann.get(id)).toMatchObject({ status: "succeeded" });
  });

  test("B1: is in nobody's list but the owner's, and the one's who may do everything", async () => {
    const { id } = await ann.begin({ input: "Mine." });
    await ann.over(id);
    const idsOf = async (caller: RunCaller): Promise<readonly string[]> => {
      const page = (await (await caller.fetch("GET", "/api/runs?limit=200")).json()) as Page<Run>;
      return page.items.map((run) => run.id);
    };
    expect(await idsOf(bob)).not.toContain(id);
    expect(await idsOf(ann)).toContain(id);
    expect(await idsOf(local)).toContain(id);
  });

  test("B1, B2: a conversation cannot be run in, and whether it is there cannot be told", async () => {
    const { id, conversationId } = await ann.begin({ input: "Mine." });
    await ann.over(id);
    const answers = await Promise.all(
      [conversationId, "cnv_none"].map((one) => bob.create({ input: "Ours.", conversationId: one })),
    );
    expect(answers.map(({ status }) => status)).toEqual([403, 404]);
    const [forbidden, unknown] = await Promise.all(answers.map((answer) => answer.text()));
    expect(forbidden?.length).toBe(unknown?.length);
  });

  test.each([
    ["GET", ""],
    ["GET", "/entries"],
    ["GET", "/stream"],
    ["POST", "/stop"],
    ["POST", "/messages"],
    ["DELETE", ""],
  ])("B1, B2: of conversations, too: %s %s is forbidden, in as many bytes as of what is not there", async (method, path) => {
    const { id, conversationId } = await ann.begin({ input: "Mine." });
    await ann.over(id);
    const body = path === "/messages" ? { text: "Ours." } : undefined;
    const answers = await Promise.all(
      [conversationId, `${conversationId?.slice(0, -1)}x`].map((one) =>
        bob.fetch(method, `/api/conversations/${one}${path}`, body),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual([403, 404]);
    const [forbidden, unknown] = await Promise.all(answers.map((answer) => answer.text()));
    expect(forbidden?.length).toBe(unknown?.length);
  });

  test("B5: of many runs at once nobody is shown a word that is another's", async () => {
    stage.server.otherwise = ({ body }) => {
      const asked = JSON.stringify(body).match(/canary-(ann|bob)-\d+/)?.[0] ?? "nobody";
      return { pieces: chatAnswer(`The word is ${asked}.`) };
    };
    const rounds = Array.from({ length: 40 }, (_, count) => count);
    await Promise.all(
      rounds.map(async (count) => {
        const [caller, name] = count % 2 === 0 ? [ann, "ann"] : [bob, "bob"];
        const canary = `canary-${name}-${count}`;
        const { id } = await caller.begin({ input: `Say ${canary}.` });
        const { events } = await caller.follow(id);
        const text = JSON.stringify([events, await caller.over(id)]);
        expect(new Set(text.match(/canary-\w+-\d+/g))).toEqual(new Set([canary]));
      }),
    );
  });
});

test("the command line lists, shows, follows and stops runs", async () => {
  const own = await Stage.open();
  try {
    const caller = new RunCaller(await own.start());
    const { environment, folder, stateFolder } = own.home;
    const lathe = (...argv: string[]): ReturnType<typeof runLathe> =>
      runLathe([...argv, "--state", stateFolder], { environment, cwd: folder });
    expect((await lathe("runs")).stdout).toContain("There are none.");
    const { id } = await caller.begin({ input: "Do it." });
    const followed = await lathe("runs", "follow", id);
    expect(followed).toMatchObject({ code: exitCodes.ok, stdout: "All is well.\n" });
    expect((await lathe("runs", "--status", "succeeded", "--json")).stdout).toContain(id);
    expect((await lathe("runs", "--status", "running")).stdout).toContain("There are none.");
    expect((await lathe("runs", "show", id)).stdout).toMatch(/status +succeeded[\s\S]*All is well\.\n$/);

    own.server.next({ pieces: [chatText("Half")], ending: "hang" });
    const hanging = await caller.begin({ input: "Wait." });
    const watched = lathe("runs", "follow", hanging.id, "--json");
    expect((await lathe("runs", "stop", hanging.id)).stdout).toBe(`${hanging.id} stopped\n`);
    expect((await watched).stdout.trimEnd().split("\n").at(-1)).toContain('"type":"turn-sealed"');

    for (const argv of [["show"], ["dance", id], ["show", id, "--limit", "3"], ["--limit", "0"]])
      expect((await lathe("runs", ...argv)).code).toBe(exitCodes.usage);
    const unknown = await lathe("runs", "show", "run_none");
    expect(unknown).toMatchObject({ code: exitCodes.failed });
    expect(unknown.stderr).toContain("There is no such run.");
  } finally {
    await own.close();
  }
});
