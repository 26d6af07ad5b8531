// H1s, H3s: what a user writes, a tool reads, a model says and a server answers may hold secrets; what is kept and
// shown of it holds none. The same search finds every one of them where nobody takes them out: the control.
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { HttpAddressService } from "@lathe/wire";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Composition, compose } from "../compose.ts";
import { chatAnswer, chatCallAnswer, chatText } from "../testing/chat-answers.ts";
import { MisbehavingModelServer } from "../testing/misbehaving-model-server.ts";
import { makeTemporaryHome, type TemporaryHome } from "../testing/temporary-home.ts";

/** Secrets by where they come from; made here, since no file of the repository may hold one. */
const canaries = {
  ofTheEnvironment: "canary.of.the.environment.7f",
  ofTheConfiguration: "canary-of-the-configuration",
  ofTheUser: ["ghp", "Canary1fTheUs3r".repeat(3).slice(0, 36)].join("_"),
  ofTheTool: "Canary0fTheTool-7fW2xQ9b",
  ofTheModel: ["sk", "ant", "api03", "Canary0fTheM0del5hT1jN7cXg2QwEr9Ud"].join("-"),
  ofTheArguments: "Canary0fTheArguments-77",
  ofTheServer: ["AKIA", "CANARYQ7SERVER2X"].join(""),
} as const;

const visible = "a sentence that is to be found";

let home: TemporaryHome;
let server: MisbehavingModelServer;
let composition: Composition | undefined;
beforeEach(async () => {
  home = await makeTemporaryHome();
  server = await MisbehavingModelServer.open();
});
afterEach(async () => {
  await composition?.close();
  await server.close();
  await home.remove();
});

test("H1s: no canary is in the store, the journal, the streams or any answer", async () => {
  const seen = await everythingAfterATurn({});
  expect(seen).toContain(visible);
  for (const [name, canary] of Object.entries(canaries)) {
    for (const form of formsOf(canary)) expect(seen.includes(form), `${name} as ${form}`).toBe(false);
  }
  expect(seen).toContain("[redacted:");
});

test("H1s: without redaction the same search finds every canary", async () => {
  const seen = await everythingAfterATurn({ unsafeWithoutRedaction: true });
  const missing = Object.entries(canaries).filter(
    ([, canary]) => !formsOf(canary).some((form) => seen.includes(form)),
  );
  expect(missing).toEqual([]);
});

/** Runs one turn in which each canary turns up, and returns all that is on disk and all that was shown, as one text. */
async function everythingAfterATurn(options: { readonly unsafeWithoutRedaction?: boolean }): Promise<string> {
  const work = join(home.folder, "work");
  await mkdir(work);
  await writeFile(join(work, "settings.env"), `# ${visible}\nDB_PASSWORD=${canaries.ofTheTool}\n`);
  composition = await compose({
    stateFolder: home.stateFolder,
    environment: {
      OPENAI_API_KEY: canaries.ofTheEnvironment,
      OPENAI_BASE_URL: `${server.url}/v1`,
    },
    config: {
      agents: { model: "openai/test" },
      "transport-http": { port: 0 },
      "conversation-store": { defaultCwd: work },
      elsewhere: { clientSecret: canaries.ofTheConfiguration },
    },
    ...options,
  });
  planAnswers();
  const shown = await talk(composition, work);
  await composition.drain(10_000);
  await composition.close();
  composition = undefined;
  const kept = await readAll(home.stateFolder);
  // JSON inside of frames and rows has its quotes escaped; none of the canaries holds one.
  return [...shown, ...kept].join("\n");
}

function planAnswers(): void {
  const { ofTheModel, ofTheEnvironment, ofTheConfiguration, ofTheArguments, ofTheServer } = canaries;
  const argumentsText = JSON.stringify({ path: "settings.env" });
  const encoded = Buffer.from(`user:${ofTheConfiguration}`).toString("base64");
  const command = `SOME_PASSWORD=${ofTheArguments} echo ${encoded}`;
  server.next(
    { pieces: chatCallAnswer({ id: "call_1", name: "read_file", argumentsText }) },
    {
      pieces: chatCallAnswer({
        id: "call_2",
        name: "run_command",
        argumentsText: JSON.stringify({ command }),
      }),
    },
    // One character at a time: no piece holds more than that of a secret.
    { pieces: chatAnswer(`${visible}. `, ...ofTheModel, " and ", ...ofTheEnvironment, ".") },
    {
      status: 400,
      pieces: [JSON.stringify({ error: { message: `Denied to ${ofTheServer} of ${ofTheEnvironment}` } })],
    },
    { pieces: [chatText("Half"), `data: ${JSON.stringify({ error: { message: ofTheServer } })}\n\n`] },
  );
}

async function talk(running: Composition, cwd: string): Promise<readonly string[]> {
  const { url } = running.use(HttpAddressService);
  const headers = { authorization: `Bearer ${running.token}`, "content-type": "application/json" };
  const call = async (method: string, path: string, body?: object): Promise<string> => {
    const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    return (await fetch(`${url}${path}`, init)).text();
  };
  const { id } = JSON.parse(await call("POST", "/api/conversations", { cwd })) as { id: string };
  const place = `/api/conversations/${id}`;
  const seen: string[] = [];
  for (const text of [`My token is ${canaries.ofTheUser}, ${visible}.`, "Again.", "And again."]) {
    const streamed = fetch(`${url}${place}/messages`, {
      method: "POST",
      headers: { ...headers, accept: "text/event-stream" },
      body: JSON.stringify({ text }),
    });
    seen.push(await (await streamed).text());
  }
  for (const path of ["", "/entries", "/snapshot", "/timeline", "/metrics"])
    seen.push(await call("GET", place + path));
  for (const path of ["/api/conversations", "/api/runs", "/api/traces", "/api/extensions", "/api/models"])
    seen.push(await call("GET", path));
  return seen;
}

/** As it is, and as it may be spelled where it is kept. */
function formsOf(canary: string): readonly string[] {
  const base64 = [canary, `user:${canary}`].map((text) =>
    Buffer.from(text).toString("base64").replace(/=+$/, ""),
  );
  return [canary, ...base64, Buffer.from(canary).toString("hex"), encodeURIComponent(canary)];
}

async function readAll(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return Promise.all(files.map(({ parentPath, name }) => readFile(join(parentPath, name), "latin1")));
}
