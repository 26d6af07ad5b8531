import { once } from "node:events";
import { connect } from "node:net";
import { fakeService, openTestHost, realTimers } from "@lathe/extension-kit/testing";
import { defineOperation, HttpAddressService, LocalAccessService } from "@lathe/wire";
import { object, strictObject, unknown } from "valibot";
import { expect, test } from "vitest";
import { activate } from "./extension.ts";
import { manifest, openStage, token } from "./testing/stage.ts";

const open = (port: number, mayFail = false) =>
  openTestHost({
    manifest,
    activate,
    config: { port },
    services: [fakeService(LocalAccessService, { token })],
    powers: { timers: realTimers() },
    mayFail,
  });

test("it starts as its manifest says, tells its address, and leaves nothing behind", async () => {
  const host = await open(0);
  const { url } = host.use(HttpAddressService);
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect((await fetch(url)).status).toBe(401);
  await host.close();
  await expect(fetch(url)).rejects.toThrow();
  // The same port is free again at once.
  const next = await open(Number(new URL(url).port));
  expect(next.use(HttpAddressService).url).toBe(url);
  await next.close();
});

test("a port that is in use is a failed start that says which, and what to do", async () => {
  await using first = await openStage();
  const second = await open(first.port, true);
  expect(second.state.kind).toBe("failed");
  expect(second.state.reason).toContain(`Port ${first.port} on 127.0.0.1 is in use`);
  expect(second.state.reason).toContain("--port 0");
  expect((await first.request("/api/things")).status).toBe(200);
  await second.close();
});

test("closing waits for an answer under way, closes idle connections, and takes no new ones", async () => {
  let finish = (): void => {};
  const slow = defineOperation({
    name: "slow.get",
    summary: "Takes its time.",
    scope: "read",
    rest: { method: "GET", path: "/api/slow", status: 200 },
    input: strictObject({}),
    output: object({}),
    problems: [],
    run: () =>
      new Promise<object>((resolve) => {
        finish = () => resolve({ late: true });
      }),
  });
  const stage = await openStage({}, [slow]);
  const idle = connect(stage.port, "127.0.0.1");
  await once(idle, "connect");
  idle.on("error", () => undefined);
  const asked = stage.request("/api/slow");
  await expect.poll(() => stage.calls.length).toBe(1);
  const idleClosed = new Promise((resolve) => idle.once("close", resolve));
  const closed = stage.host.close();
  await idleClosed;
  await expect(fetch(`${stage.url}/livez`)).rejects.toThrow();
  finish();
  expect(await (await asked).json()).toEqual({ late: true });
  await closed;
});

test("closing does not wait longer than its grace for a handler that never settles", async () => {
  const stuck = defineOperation({
    name: "stuck.get",
    summary: "Never settles.",
    scope: "read",
    rest: { method: "GET", path: "/api/stuck", status: 200 },
    input: strictObject({}),
    output: unknown(),
    problems: [],
    run: () => new Promise(() => {}),
  });
  const stage = await openStage({ closeGraceMs: 50 }, [stuck]);
  const asked = stage.request("/api/stuck").then(
    () => "answered",
    () => "cut off",
  );
  await expect.poll(() => stage.calls.length).toBe(1);
  await stage.host.close();
  expect(await asked).toBe("cut off");
});
