// H1s, F11: the keys of providers are sent to their servers, and are seen nowhere else: not in the state folder, not in
// what the daemon prints, not in what it answers.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { exitCodes } from "../exit-codes.ts";
import { chatCallAnswer, chatText } from "../testing/chat-answers.ts";
import { runLathe } from "../testing/lathe-process.ts";
import { canaryKeys, Stage } from "../testing/stage.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const marker = "a sentence that is to be found";

let stage: Stage;
beforeEach(async () => {
  stage = await Stage.open();
});
afterEach(() => stage.close());

test("H1s: neither key is in the state folder, the output or any answer, also where a server repeats it", async () => {
  const daemon = await stage.start();
  const [, anthropic] = Object.values(canaryKeys);
  const repeated = (status: number): object => ({
    status,
    headers: { "x-request-key": canaryKeys.OPENAI_API_KEY },
    pieces: [JSON.stringify({ error: { message: `Wrong: ${canaryKeys.OPENAI_API_KEY}`, code: "x" } })],
  });
  const inStream = `data: ${JSON.stringify({ error: { message: canaryKeys.OPENAI_API_KEY } })}\n\n`;
  const seen: unknown[] = [];

  const conversation = await stage.begin(daemon);
  stage.server.next(repeated(401), repeated(403), repeated(400));
  for (const text of [marker, "Again.", "And again."]) {
    expect(await conversation.ask(text)).toMatchObject({ finishReason: "error" });
  }
  stage.server.next({ pieces: [chatText("Half"), inStream] });
  await conversation.ask("In the stream.");
  const command = "env; cat /proc/self/environ; lathe models; cat ../state/token | wc -c";
  const call = { id: "call_1", name: "run_command", argumentsText: JSON.stringify({ command }) };
  stage.server.next({ pieces: chatCallAnswer(call) });
  await conversation.ask("With a tool.");
  const other = await stage.begin(daemon, { model: "anthropic/test" });
  stage.server.next({
    status: 401,
    pieces: [JSON.stringify({ type: "error", error: { type: "authentication_error", message: anthropic } })],
  });
  await other.ask("A question.");

  for (const path of ["models", "extensions", "conversations", "openapi.json"]) {
    seen.push(await daemon.client.call("GET", `/api/${path}`));
  }
  for (const each of [conversation, other]) {
    seen.push(await each.entries(), ...each.turns.map(({ events }) => events));
  }
  daemon.process.kill("SIGTERM");
  const { code, stdout, stderr } = await daemon.process.ended();
  expect(code).toBe(exitCodes.ok);
  const { environment, folder, stateFolder } = stage.home;
  for (const argv of [["doctor"], ["models"]]) {
    const ending = await runLathe([...argv, "--state", stateFolder], { environment, cwd: folder });
    seen.push(ending);
  }

  const kept = Buffer.concat(await readAll(stateFolder)).toString("latin1");
  const everything = [kept, stdout, stderr, JSON.stringify(seen)].join("\n");
  for (const key of Object.values(canaryKeys)) {
    for (const form of formsOf(key)) expect(everything.includes(form), `the key as ${form}`).toBe(false);
  }
  // The search would find them: other words of the same messages are there, and the servers were sent the keys.
  expect(kept).toContain(marker);
  expect(JSON.stringify(seen)).toContain("Wrong: ");
  expect(stage.server.requests[0]?.headers.authorization).toBe(`Bearer ${canaryKeys.OPENAI_API_KEY}`);
  expect(stage.server.requests.at(-1)?.headers["x-api-key"]).toBe(anthropic);
});

test("the access token is in its own file alone, and in what `lathe up` prints on purpose", async () => {
  const daemon = await stage.start({ argv: ["--quiet"] });
  const conversation = await stage.begin(daemon);
  await conversation.ask(marker);
  const report = await daemon.client.call("GET", "/api/extensions");
  daemon.process.kill("SIGTERM");
  const { stdout, stderr } = await daemon.process.ended();
  const files = await readAll(stage.home.stateFolder);
  const holders = files.filter((bytes) => bytes.includes(daemon.token));
  expect(holders.map((bytes) => bytes.toString("utf8").trim())).toEqual([daemon.token]);
  expect(`${stdout}${stderr}${JSON.stringify(report)}`).not.toContain(daemon.token);
});

/** As it is, and as it travels inside of other texts. */
function formsOf(key: string): readonly string[] {
  const bytes = Buffer.from(key);
  const inner = key.slice(12);
  return [key, inner, bytes.toString("base64"), bytes.toString("hex"), encodeURIComponent(key)];
}

async function readAll(folder: string): Promise<readonly Buffer[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  expect(files.length).toBeGreaterThan(0);
  return Promise.all(files.map(({ parentPath, name }) => readFile(join(parentPath, name))));
}
