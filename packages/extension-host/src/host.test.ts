import {
  Clock,
  type ClockPower,
  type Contributions,
  ExtensionReportService,
  type Host,
  type SpanRecord,
  token,
} from "@lathe/kernel";
import { expect, test } from "vitest";
import { PermissionError, ServiceUnavailableError, UndeclaredNeedError } from "./errors.ts";
import { found, foundSink, Greeting, lines, manifestJson, openHost, Words } from "./testing/fixtures.ts";

const greeter = { greet: () => "hello" };
const offersGreeting = found(
  "greeter",
  { offers: ["greeting"] },
  (host) => void host.offer(Greeting, greeter),
);

test("X2: the host opens with no extension at all", async () => {
  const host = await openHost([]);
  expect(host.report()).toEqual([]);
  expect(host.use(ExtensionReportService).extensions()).toEqual([]);
  expect(await host.close()).toEqual([]);
});

test("X1: extensions start after those that they need, whatever order they were found in", async () => {
  const heard: string[] = [];
  const user = found(
    "a-user",
    { needs: ["greeting"] },
    (host) => void heard.push(host.use(Greeting).greet()),
  );
  const host = await openHost([user, offersGreeting]);
  expect(heard).toEqual(["hello"]);
  expect(lines(host)).toEqual(["a-user: active", "greeter: active"]);
  expect(host.use(Greeting)).toBe(greeter);
});

test("the report says of each extension what its manifest says, and how long its start took", async () => {
  const host = await openHost([
    found(
      "a",
      { offers: ["greeting"], contributes: { words: ["*"] } },
      (own) => void own.offer(Greeting, greeter),
    ),
  ]);
  expect(host.report()).toEqual([
    {
      id: "a",
      version: "1.0.0",
      description: "Is a.",
      kind: "active",
      reason: null,
      needs: [],
      offers: ["greeting"],
      contributes: { words: ["*"] },
      permissions: [],
      activationMs: expect.any(Number),
    },
  ]);
});

test("X2: an extension that is disabled does not run, and who needs it is told", async () => {
  const user = found("user", { needs: ["greeting"] });
  const host = await openHost([offersGreeting, user], { disabled: ["greeter"] });
  expect(lines(host)).toEqual([
    "greeter: disabled: greeter is disabled in the configuration.",
    "user: missing: user needs greeting, which greeter offers but is disabled. Enable greeter in the configuration.",
  ]);
});

test("X2: an extension can be replaced by another that offers the same", async () => {
  const other = found(
    "other",
    { offers: ["greeting"] },
    (own) => void own.offer(Greeting, { greet: () => "hi" }),
  );
  const both = await openHost([offersGreeting, other]);
  expect(lines(both)[1]).toContain("other: refused: other offers greeting, which greeter offers already");
  const replaced = await openHost([offersGreeting, other], { disabled: ["greeter"] });
  expect(replaced.use(Greeting).greet()).toBe("hi");
});

test("a manifest that is broken, unreadable, double or of a wrong API version is a line in the report", async () => {
  const load = async (): Promise<unknown> => {
    throw new Error("must not be loaded");
  };
  const host = await openHost(
    [
      { folder: "broken", manifest: { kind: "text", text: "{" }, load },
      { folder: "gone", manifest: { kind: "unreadable", cause: new Error("EACCES") }, load },
      { folder: "old", manifest: { kind: "json", json: manifestJson("old", { kernel: "^9.0.0" }) }, load },
      { folder: "off", manifest: { kind: "text", text: "{" }, load },
      offersGreeting,
      { ...offersGreeting, folder: "copy", load },
    ],
    { disabled: ["off"] },
  );
  expect(host.report().map(({ id, kind, version }) => [id, kind, version])).toEqual([
    ["broken", "refused", null],
    ["gone", "refused", null],
    ["greeter", "active", "1.0.0"],
    ["greeter", "refused", "1.0.0"],
    ["off", "disabled", null],
    ["old", "refused", null],
  ]);
  expect(lines(host).join("\n")).toContain("the same id as the extension in the folder greeter");
});

test("a manifest that is nested without end is a line in the report", async () => {
  const text = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
  const load = async (): Promise<unknown> => ({});
  const host = await openHost([{ folder: "deep", manifest: { kind: "text", text }, load }, offersGreeting]);
  expect(host.report().map(({ id, kind }) => [id, kind])).toEqual([
    ["deep", "refused"],
    ["greeter", "active"],
  ]);
});

test("a configuration that does not fit refuses its extension, and no other", async () => {
  const config = { type: "object", properties: { port: { type: "integer", default: 1 } } };
  const seen: unknown[] = [];
  const host = await openHost(
    [
      found("a", { config }, (own) => void seen.push(own.config)),
      found("b", { config }, (own) => void seen.push(own.config)),
      found("c", { config, offers: ["greeting"] }),
      found("d", { needs: ["greeting"] }),
    ],
    { config: { b: { port: 2 }, c: { port: "x" } } },
  );
  expect(seen).toEqual([{ port: 1 }, { port: 2 }]);
  expect(lines(host).slice(2)).toEqual([
    "c: refused: The configuration of c cannot be used: port must be integer.",
    "d: missing: d needs greeting, which c offers but was refused: The configuration of c cannot be used: port must be integer.",
  ]);
});

test("names in the configuration that belong to nobody are warned of", async () => {
  const records: SpanRecord[] = [];
  await openHost([foundSink(records)], { config: { sotrage: {} }, disabled: ["aegnts"] });
  const warnings = records.filter((record) => record.kind === "log" && record.level === "warn");
  expect(warnings.map((record) => record.attributes)).toEqual([
    { extension: "sotrage" },
    { extension: "aegnts" },
  ]);
});

test("an offer of `offerEach` is made once for each who uses it", async () => {
  const made: string[] = [];
  const offersEach = found("greeter", { offers: ["greeting"] }, (own) => {
    own.offerEach(Greeting, (consumerId) => {
      made.push(consumerId);
      return { greet: () => `hello ${consumerId}` };
    });
  });
  const heard: string[] = [];
  const user = (id: string): ReturnType<typeof found> =>
    found(id, { needs: ["greeting"] }, (own) => {
      own.use(Greeting);
      heard.push(own.use(Greeting).greet());
    });
  const host = await openHost([user("b"), offersEach, user("a")]);
  expect(heard).toEqual(["hello a", "hello b"]);
  expect(host.use(Greeting, "c").greet()).toBe("hello c");
  expect(made).toEqual(["a", "b", "c"]);
});

test("`find` answers with nothing where nobody offers what is wanted", async () => {
  const answers: unknown[] = [];
  const wants = found("b", { wants: ["greeting"] }, (own) => void answers.push(own.find(Greeting)));
  await openHost([wants]);
  await openHost([wants, offersGreeting]);
  expect(answers).toEqual([undefined, greeter]);
});

test("I1s: what the manifest does not declare is denied, and logged in the extension's name", async () => {
  const codes: string[] = [];
  const records: SpanRecord[] = [];
  const attempts: ((own: Host) => unknown)[] = [
    (own) => own.use(Greeting),
    (own) => own.use(token("wanted")),
    (own) => own.find(Greeting),
    (own) => own.offer(Greeting, greeter),
    (own) => own.contribute(Words, "word", "x"),
    (own) => own.contribute({ kind: "point", name: "constructor" }, "word", "x"),
    (own) => own.collect(Words),
    (own) => own.power(Clock),
  ];
  const curious = found("curious", { wants: ["wanted"] }, (own) => {
    for (const attempt of attempts) {
      try {
        attempt(own);
      } catch (failure) {
        codes.push((failure as PermissionError).code);
      }
    }
  });
  await openHost([curious, offersGreeting, foundSink(records)], { powers: { clock: () => ({}) } });
  const denied = [
    "undeclared-need",
    "undeclared-need",
    "undeclared-need",
    "undeclared-offer",
    "undeclared-contribution",
    "undeclared-contribution",
    "undeclared-collection",
    "permission-denied",
  ];
  expect(codes).toEqual(denied);
  const logged = records.filter((record) => record.kind === "log" && record.source === "curious");
  expect(logged.map(({ attributes }) => attributes.code)).toEqual(denied);
});

test("errors of a denial can be told apart by class and say what to do", async () => {
  const failures: unknown[] = [];
  const attempt = (act: () => unknown): void => {
    try {
      act();
    } catch (failure) {
      failures.push(failure);
    }
  };
  const curious = found("curious", { wants: ["greeting"] }, (own) => {
    attempt(() => own.use(Greeting));
    attempt(() => own.power(Clock));
  });
  await openHost([curious]);
  expect(failures[0]).toBeInstanceOf(UndeclaredNeedError);
  expect(String(failures[0])).toContain("Ask with host.find");
  expect(failures[1]).toBeInstanceOf(PermissionError);
  expect(String(failures[1])).toContain("List clock under permissions");
});

test("a power is made once for an extension, from the patterns that its manifest asks for", async () => {
  const made: unknown[] = [];
  const powers = {
    clock: (id: string, granted: readonly string[]): Partial<ClockPower> => {
      made.push([id, granted]);
      return {};
    },
    environment: (id: string, granted: readonly string[]): object => {
      made.push([id, granted]);
      return {};
    },
  };
  const permissions = ["clock", "environment:A_*", "environment:B"];
  const own = found("a", { permissions }, (host) => {
    expect(host.power(Clock)).toBe(host.power(Clock));
    host.power({ kind: "power", name: "environment" });
  });
  const host = await openHost([own], { powers });
  expect(lines(host)).toEqual(["a: active"]);
  expect(made).toEqual([
    ["a", []],
    ["a", ["A_*", "B"]],
  ]);
});

test("I1s: a manifest that asks for a power that nobody gives is refused before its code runs", async () => {
  const ran: string[] = [];
  const host = await openHost([found("a", { permissions: ["root:everything"] }, () => void ran.push("a"))], {
    powers: { clock: () => ({}), toString: () => ({}) },
  });
  expect(lines(host)).toEqual([
    "a: refused: a asks for the power root, which this host does not hand out. It hands out: clock, toString.",
  ]);
  expect(ran).toEqual([]);
});

test("contributions are seen by name, while their extension is active", async () => {
  let view: Contributions<string> | undefined;
  const changes: (readonly string[])[] = [];
  const collector = found("a-collector", { collects: ["words"] }, (own) => {
    const words = own.collect(Words);
    view = words;
    words.onChanged(() => changes.push(words.all().map(({ name }) => name)));
  });
  let late: Host | undefined;
  const one = found("one", { contributes: { words: ["z", "late-*"] } }, (own) => {
    late = own;
    own.contribute(Words, "z", "Z");
  });
  const two = found("two", { contributes: { words: ["b", "a"] } }, (own) => {
    own.contribute(Words, "b", "B");
    own.contribute(Words, "a", "A");
  });
  const host = await openHost([collector, two, one]);
  expect(changes).toEqual([["z"], ["a", "b", "z"]]);
  const release = late?.contribute(Words, "late-1", "L");
  expect(view?.get("late-1")).toBe("L");
  expect(view?.all()).toBe(view?.all());
  await release?.();
  expect(view?.get("late-1")).toBeUndefined();
  expect(host.contributions(Words).all()[0]).toEqual({ name: "a", extensionId: "two", item: "A" });
  await host.close();
  expect(host.contributions(Words).all()).toEqual([]);
});

test("a listener that is released hears nothing more", async () => {
  let heard = 0;
  let own: Host | undefined;
  const contributor = found("a", { contributes: { words: ["*"] } }, (host) => {
    own = host;
  });
  const host = await openHost([contributor]);
  const stop = host.contributions(Words).onChanged(() => {
    heard += 1;
  });
  own?.contribute(Words, "one", "1");
  await stop();
  own?.contribute(Words, "two", "2");
  expect(heard).toBe(1);
});

test("I7s: a name that another extension holds is refused with both their names", async () => {
  const first = found(
    "first",
    { contributes: { words: ["word"] } },
    (own) => void own.contribute(Words, "word", "1"),
  );
  const second = found(
    "second",
    { contributes: { words: ["*"] } },
    (own) => void own.contribute(Words, "word", "2"),
  );
  const host = await openHost([first, second]);
  expect(lines(host)).toEqual([
    "first: active",
    'second: failed: second contributed "word" to words, and first already holds that name. Rename one, or disable one of the two extensions.',
  ]);
  expect(host.contributions(Words).get("word")).toBe("1");
});

test("T7: what an extension logs carries its id, whatever it does to its logger", async () => {
  const records: SpanRecord[] = [];
  const forger = found("forger", {}, (own) => {
    expect(() => Object.assign(own.logger, { source: "storage" })).toThrow(TypeError);
    expect(() => Object.assign(own, { id: "storage" })).toThrow(TypeError);
    own.logger.log("info", "mine", { source: "storage" });
    const span = own.logger.openSpan("work");
    expect(() => Object.assign(span, { source: "storage" })).toThrow(TypeError);
    span.openSpan("below").close("ok");
    span.close("ok");
  });
  await openHost([forger, foundSink(records)]);
  const own = records.filter((record) => "name" in record || record.message === "mine");
  expect(own).toHaveLength(5);
  expect(new Set(own.map(({ source }) => source))).toEqual(new Set(["forger"]));
});

test("a sink that comes last still gets what was logged while the host opened", async () => {
  const records: SpanRecord[] = [];
  const early = found("a", { offers: ["greeting"] }, (own) => {
    own.offer(Greeting, greeter);
    own.logger.log("info", "early");
  });
  const broken = found("b", {}, () => {
    throw new Error("no luck");
  });
  const host = await openHost([early, broken, foundSink(records, ["greeting"])]);
  const said = records.flatMap((record) =>
    record.kind === "log" ? [`${record.source}: ${record.message}`] : [],
  );
  expect(said).toEqual(["a: early", "host: a is active.", "host: z-sink is active.", "host: no luck"]);
  host.logger.log("info", "later");
  expect(records).toHaveLength(5);
});

test("closing undoes newest first, and a service is gone with its extension", async () => {
  const undone: string[] = [];
  const offers = found("greeter", { offers: ["greeting"] }, (own, scope) => {
    own.offer(Greeting, greeter);
    scope.own(() => void undone.push("greeter"));
  });
  const user = found("a-user", { needs: ["greeting"] }, (own, scope) => {
    scope.own(() => void undone.push(`a-user, while it can still be ${own.use(Greeting).greet()}`));
  });
  const host = await openHost([offers, user]);
  expect(await host.close()).toEqual([]);
  expect(undone).toEqual(["a-user, while it can still be hello", "greeter"]);
  expect(() => host.use(Greeting)).toThrow(ServiceUnavailableError);
});
