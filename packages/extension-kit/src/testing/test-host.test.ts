import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  type Activate,
  Clock,
  contributionPoint,
  Environment,
  Fatal,
  Ids,
  StateFolder,
  Timers,
  token,
} from "@lathe/kernel";
import { expect, test } from "vitest";
import { fakeContribution, fakeService, openTestHost } from "./test-host.ts";

interface Greeter {
  greet(): string;
}
const Names = token<() => string>("names");
const Greeters = token<Greeter>("greeters");
const Words = contributionPoint<string>("words");

const manifest = {
  id: "greeter",
  version: "0.1.0",
  kernel: "^0.1.0",
  description: "Greets.",
  entry: "./src/extension.ts",
  needs: ["names"],
  offers: ["greeters"],
  collects: ["words"],
  contributes: { words: ["own"] },
  permissions: ["clock", "ids", "timers", "state-folder", "environment:GREETER_*", "fatal"],
  config: { type: "object", properties: { greeting: { type: "string", default: "Hello" } } },
};

const activate: Activate = (host) => {
  const name = host.use(Names);
  const { greeting } = host.config as { greeting: string };
  const words = host.collect(Words);
  host.contribute(Words, "own", "and me");
  host.logger.log("info", `seen ${words.all().length}`);
  host.offer(Greeters, {
    greet: () =>
      `${greeting}, ${name()}${words
        .all()
        .map(({ item }) => ` ${item}`)
        .join("")}`,
  });
};

const services = [fakeService(Names, () => "Ada")];

test("an extension runs among fakes of what it needs, and its offer can be used", async () => {
  const contributions = [fakeContribution(Words, "other", "you")];
  await using host = await openTestHost({ manifest, activate, services, contributions });
  expect(host.state.kind).toBe("active");
  expect(host.use(Greeters).greet()).toBe("Hello, Ada you and me");
  expect(host.contributions(Words).get("own")).toBe("and me");
  expect(host.records).toContainEqual(expect.objectContaining({ source: "greeter", message: "seen 1" }));
});

test("its configuration is checked and filled as in the daemon", async () => {
  await using host = await openTestHost({ manifest, activate, services, config: { greeting: "Hi" } });
  expect(host.use(Greeters).greet()).toBe("Hi, Ada and me");
  await expect(openTestHost({ manifest, activate, services, config: { greeting: 1 } })).rejects.toThrow(
    "greeting must be string",
  );
});

test("opening fails with the host's sentence where a need is not faked", async () => {
  await expect(openTestHost({ manifest, activate })).rejects.toThrow("greeter needs names");
  await using host = await openTestHost({ manifest, activate, mayFail: true });
  expect(host.state.kind).toBe("missing");
});

test("the powers are fakes that the test moves and reads", async () => {
  const heard: string[] = [];
  let folder = "";
  await using host = await openTestHost({
    manifest,
    services,
    environment: { GREETER_MOOD: "fine", HOME: "/elsewhere" },
    activate: async (own) => {
      own.offer(Greeters, { greet: () => "" });
      folder = own.power(StateFolder).path;
      writeFileSync(join(folder, "kept"), "");
      const environment = own.power(Environment);
      heard.push(...environment.names(), String(environment.get("HOME")), own.power(Ids).newId("cnv"));
      own.power(Timers).after(1_000, () => heard.push(String(own.power(Clock).monotonicMs())));
      own.power(Fatal)(new Error("over"));
    },
  });
  await host.timers.advance(999);
  expect(heard).toEqual(["GREETER_MOOD", "undefined", `cnv_${"1".padStart(32, "0")}`]);
  await host.timers.advance(1);
  expect(heard.at(-1)).toBe("1000");
  expect(host.fatalReasons.map(({ message }) => message)).toEqual(["over"]);
  expect(existsSync(folder)).toBe(true);
  await host.close();
  expect(existsSync(folder)).toBe(false);
});

test("closing says what could not be undone", async () => {
  const host = await openTestHost({
    manifest,
    services,
    activate: (own, scope) => {
      own.offer(Greeters, { greet: () => "" });
      scope.own(() => {
        throw new Error("stuck");
      });
    },
  });
  await expect(host.close()).rejects.toThrow("greeter: Error: stuck");
});
