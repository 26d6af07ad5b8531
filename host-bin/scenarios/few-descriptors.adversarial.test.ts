// F13: a daemon that has no descriptor left keeps running, and serves again when there are some.
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { Agent, type IncomingMessage, request } from "node:http";
import { connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { chatCallAnswer } from "../testing/chat-answers.ts";
import type { DaemonProcess } from "../testing/daemon-process.ts";
import { Stage } from "../testing/stage.ts";
import { endingOf } from "../testing/watched-conversation.ts";
import { expectWellFormed } from "../testing/well-formed-request.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const retry = { delaysMs: [10], sleptMsMax: 10 };
const call = { id: "call_1", name: "run_command", argumentsText: '{"command":"echo it works"}' };

let stage: Stage;
const sockets: Socket[] = [];
const kept = new Agent({ keepAlive: true, maxSockets: 1 });
beforeEach(async () => {
  stage = await Stage.open({ config: { agents: { default: { retry } } } });
});
afterEach(async () => {
  kept.destroy();
  for (const socket of sockets.splice(0)) socket.destroy();
  await stage.close();
});

test("F13: with 64 descriptors, all of them taken by idle clients, turns end, the daemon waits quietly and recovers", async () => {
  const daemon = await stage.start({ before: "ulimit -n 64" });
  const conversation = await stage.begin(daemon);
  await stage.expectGoesOn(conversation);
  const path = `/api/conversations/${conversation.id}`;
  await callOverKept(daemon, "GET", path);

  await occupy(daemon, 100);
  expect((await readdir(`/proc/${daemon.process.pid}/fd`)).length).toBeGreaterThanOrEqual(60);
  await expect(daemon.client.call("GET", "/livez")).rejects.toThrow("does not answer");
  const cpuMs = await cpuMsDuring(daemon, 1_000);
  expect(cpuMs, "milliseconds of work in a second without work").toBeLessThan(700);

  // Who is connected is served. The command cannot be started, and perhaps the model not be reached; the turn ends.
  stage.server.next({ pieces: chatCallAnswer(call) });
  const { turnId } = await callOverKept(daemon, "POST", `${path}/messages`, { text: "Run it." });
  const isIdle = async () => (await callOverKept(daemon, "GET", path)).state === "idle";
  await vi.waitUntil(isIdle, { timeout: 30_000, interval: 50 });

  for (const socket of sockets.splice(0)) socket.destroy();
  await vi.waitFor(() => daemon.client.call("GET", "/readyz"), { timeout: 60_000, interval: 100 });
  const cut = (await conversation.entries()).filter((entry) => entry.turnId === turnId);
  expect(["stop", "error"]).toContain(endingOf(cut).finishReason);
  stage.server.forget();
  stage.server.next({ pieces: chatCallAnswer(call) });
  const turn = conversation.send("Run it now.");
  expect(endingOf(await turn.ended)).toMatchObject({ finishReason: "stop", stepCount: 2 });
  const [step] = turn.events.filter((event) => event.type === "step-complete");
  expect(step?.toolResults[0]?.content).toContain("it works");
  for (const request of stage.server.requests) expectWellFormed(request);
});

/** A call over the one connection that was opened in better times. */
async function callOverKept(
  { url, token }: DaemonProcess,
  method: string,
  path: string,
  body?: object,
): Promise<{ readonly state?: string; readonly turnId?: string }> {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const outgoing = request(new URL(path, url), { method, headers, agent: kept });
  outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  const [response] = (await once(outgoing, "response")) as [IncomingMessage];
  return JSON.parse(await text(response));
}

/** Opens connections that say nothing, until so many were tried. */
async function occupy({ url }: DaemonProcess, count: number): Promise<void> {
  const { hostname, port } = new URL(url);
  for (let index = 0; index < count; index += 1) {
    const socket = connect(Number(port), hostname).on("error", () => undefined);
    sockets.push(socket);
    await Promise.race([once(socket, "connect"), once(socket, "close")]).catch(() => undefined);
  }
}

async function cpuMsDuring({ process }: DaemonProcess, ms: number): Promise<number> {
  const before = await cpuMsOf(process.pid);
  await new Promise((resolve) => setTimeout(resolve, ms));
  return (await cpuMsOf(process.pid)) - before;
}

/** User and system time so far; the kernel counts it in hundredths of a second. */
async function cpuMsOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
