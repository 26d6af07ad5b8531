import { readFile } from "node:fs/promises";
import { turnsOf } from "@lathe/wire";
import * as operations from "@lathe/wire/operations";
import { expect, test } from "vitest";
import { type ConnectOptions, connect } from "./client.ts";
import { ConnectionError, LatheProblem } from "./errors.ts";
import { delta, entry, stepStart } from "./testing/collect.ts";
import { token } from "./testing/serve-socket.ts";
import { sendProblem, TestDaemon } from "./testing/test-daemon.ts";

type Run = (...values: readonly unknown[]) => Promise<unknown>;
const AsyncFunction = (async () => undefined).constructor as new (...parts: readonly string[]) => Run;

/** The README's examples in order, each as a function of the names that it uses and that others have left. */
async function examples(): Promise<readonly string[]> {
  const text = await readFile(new URL("../README.md", import.meta.url), "utf8");
  const blocks = [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = ""]) => code);
  // Whoever follows an example keeps what it makes; a function's `using` would end it.
  return blocks.map((code) => code.replaceAll(/^import .*\n/gm, "").replace("using client", "const client"));
}

async function run(code: string, names: Readonly<Record<string, unknown>>, result = ""): Promise<unknown> {
  return await new AsyncFunction(...Object.keys(names), `${code}\nreturn ${result || "undefined"};`)(
    ...Object.values(names),
  );
}

test("the examples do what they say", async () => {
  await using daemon = await TestDaemon.open();
  const { id } = daemon.log;
  const written: string[] = [];
  const shown: unknown[] = [];
  const names = {
    ...operations,
    token,
    connect: (options: ConnectOptions) => connect({ ...options, url: daemon.url }),
    LatheProblem,
    ConnectionError,
    turnsOf,
    isAtTop: () => true,
    write: (text: string) => written.push(text),
    show: (what: unknown) => shown.push(what),
  };
  const [first = "", calls = "", watching = "", state = "", ...others] = await examples();
  expect(others).toEqual([]);

  const answers = [{ id }, { seq: 2, turnId: "trn_1" }];
  daemon.answer = (_incoming, outgoing) => {
    outgoing.end(JSON.stringify(answers.shift()));
    if (answers.length === 0) daemon.answer = undefined;
  };
  daemon.log.publish(entry(1));
  const following = run(first.replace("break;", "return client;"), names);
  await expect.poll(() => daemon.log.followerCount).toBe(1);
  daemon.log.publish(stepStart, delta("Hi"), entry(2));
  const client = (await following) as ReturnType<typeof connect>;
  expect(daemon.seen.map(({ method, url }) => `${method} ${url}`)).toEqual([
    "POST /api/conversations",
    `POST /api/conversations/${id}/messages`,
    `GET /api/conversations/${id}/stream`,
  ]);

  daemon.answer = (_incoming, outgoing) =>
    sendProblem(outgoing, {
      type: "",
      title: "",
      status: 404,
      code: "unknown-conversation",
      detail: "None.",
    });
  await run(calls, { ...names, client });
  daemon.answer = undefined;

  const unsubscribe = (await run(state, { ...names, client }, "unsubscribe")) as () => void;
  const stop = (await run(watching, { ...names, client, id }, "stop")) as () => void;
  await expect.poll(() => shown).not.toEqual([]);
  expect(shown.at(-1)).toMatchObject({ turnId: "trn_1", status: "sealed" });
  stop();
  unsubscribe();
  expect(written).toEqual(["Hi", "404 unknown-conversation: None.", "connecting", "open"]);
  client.close();
});
