import { type Activate, type Host, LogSinks, type Scope, type SpanRecord } from "@lathe/kernel";
import { expect, test } from "vitest";
import { ExtensionClosedError, HostStoppedError, ReleaseTimeoutError } from "./errors.ts";
import { openExtensionHost } from "./host.ts";
import type { FoundExtension } from "./survey.ts";
import {
  found,
  foundSink,
  Greeting,
  letRun,
  lines,
  manualTimers,
  openHost,
  optionsOf,
  Words,
} from "./testing/fixtures.ts";

const greeter = { greet: () => "hello" };
const innocent = found("innocent", { contributes: { words: ["here"] } }, (own) => {
  own.contribute(Words, "here", "I am");
});
const never = (): Promise<never> => new Promise(() => undefined);
const wordsOf = (host: {
  contributions(point: typeof Words): { all(): readonly { name: string }[] };
}): string[] =>
  host
    .contributions(Words)
    .all()
    .map(({ name }) => name);

const waysToFail: readonly (readonly [string, Activate, string])[] = [
  [
    "throws",
    () => {
      throw new Error("at once");
    },
    "at once",
  ],
  ["rejects", async () => Promise.reject(new Error("later")), "later"],
  [
    "throws something that is not an error",
    () => {
      throw { toString: null };
    },
    "it threw something that cannot be shown",
  ],
  ["rejects with nothing", async () => Promise.reject(undefined), "undefined"],
];

test.each(
  waysToFail,
)("F19, X3: an activate that %s is marked failed, its leftovers are undone, and the others run", async (_how, fail, reason) => {
  const undone: string[] = [];
  const bad = found("bad", { offers: ["greeting"], contributes: { words: ["*"] } }, (own, scope) => {
    own.offer(Greeting, greeter);
    own.contribute(Words, "left over", "x");
    scope.own(() => void undone.push("first"));
    scope.own(() => void undone.push("second"));
    return fail(own, scope);
  });
  const user = found("user", { needs: ["greeting"] });
  const host = await openHost([bad, user, innocent]);
  expect(lines(host)).toEqual([
    `bad: failed: ${reason}`,
    "innocent: active",
    `user: missing: user needs greeting, which bad offers but failed: ${reason}`,
  ]);
  expect(undone).toEqual(["second", "first"]);
  expect(() => host.use(Greeting)).toThrow("which no active extension offers");
  expect(wordsOf(host)).toEqual(["here"]);
});

test("F19: an activate that never settles fails after its time, and the others run", async () => {
  const timers = manualTimers();
  const undone: string[] = [];
  const hangs = found("hangs", { offers: ["greeting"] }, (own, scope) => {
    own.offer(Greeting, greeter);
    scope.own(() => void undone.push("hangs"));
    return never();
  });
  const opening = openHost([hangs, innocent, found("user", { needs: ["greeting"] })], { timers });
  await letRun();
  expect(timers.waitingMs()).toEqual([10_000]);
  timers.fire();
  const host = await opening;
  expect(lines(host)[0]).toContain("hangs: failed: activate of hangs did not settle within 10000 ms");
  expect(lines(host)[1]).toBe("innocent: active");
  expect(lines(host)[2]).toContain("user needs greeting, which hangs offers but failed: activate of hangs");
  expect(undone).toEqual(["hangs"]);
  expect(timers.waitingMs()).toEqual([]);
});

test("F19: what a late activate still does reaches nobody, and its rejection ends nothing", async () => {
  const timers = manualTimers();
  const records: SpanRecord[] = [];
  const gate = Promise.withResolvers<void>();
  const codes: unknown[] = [];
  const attempt = (act: () => unknown): void => {
    try {
      act();
    } catch (failure) {
      codes.push((failure as ExtensionClosedError).code);
    }
  };
  let releasedAtOnce = false;
  const hangs = found(
    "hangs",
    { offers: ["greeting"], contributes: { words: ["*"] }, permissions: ["clock"], wants: ["other"] },
    async (own, scope) => {
      await gate.promise;
      attempt(() => own.offer(Greeting, greeter));
      attempt(() => own.contribute(Words, "late", "x"));
      attempt(() => own.power({ kind: "power", name: "clock" }));
      attempt(() => own.find({ kind: "service", name: "other" }));
      scope.own(() => {
        releasedAtOnce = true;
      });
      throw new Error("too late");
    },
  );
  const opening = openHost([hangs, foundSink(records)], { timers, powers: { clock: () => ({}) } });
  await letRun();
  timers.fire();
  const host = await opening;
  gate.resolve();
  await letRun();
  expect(codes).toEqual(Array.from({ length: 4 }, () => "extension-closed"));
  expect(releasedAtOnce).toBe(true);
  expect(wordsOf(host)).toEqual([]);
  expect(records).toContainEqual(expect.objectContaining({ source: "hangs", message: "too late" }));
});

test("F19: an entry that cannot be imported, or exports no activate, fails alone", async () => {
  const broken = (id: string, load: FoundExtension["load"]): FoundExtension => ({ ...found(id), load });
  const host = await openHost([
    broken("a", () => Promise.reject(new SyntaxError("Unexpected token"))),
    broken("b", () => {
      throw new Error("thrown at once");
    }),
    broken("c", async () => ({})),
    broken("d", async () => null),
    innocent,
  ]);
  expect(lines(host)).toEqual([
    "a: failed: Unexpected token",
    "b: failed: thrown at once",
    "c: failed: ./src/extension.ts of c does not export activate. Export a function of that name.",
    "d: failed: ./src/extension.ts of d does not export activate. Export a function of that name.",
    "innocent: active",
  ]);
});

test("an entry that loads after its time is never activated", async () => {
  const timers = manualTimers();
  const gate = Promise.withResolvers<void>();
  let activated = false;
  const slow: FoundExtension = {
    ...found("slow"),
    load: async () => {
      await gate.promise;
      return {
        activate: () => {
          activated = true;
        },
      };
    },
  };
  const opening = openHost([slow, innocent], { timers });
  await letRun();
  timers.fire();
  await letRun();
  timers.fire();
  const host = await opening;
  gate.resolve();
  await letRun();
  expect(activated).toBe(false);
  expect(host.report().find(({ id }) => id === "slow")?.kind).toBe("failed");
});

test("the entries of extensions that cannot start are not imported", async () => {
  const loaded: string[] = [];
  const watched = (one: FoundExtension): FoundExtension => ({
    ...one,
    load: (entry) => {
      loaded.push(`${one.folder}${entry.slice(1)}`);
      return one.load(entry);
    },
  });
  await openHost(
    [
      watched(found("lacking", { needs: ["nothing"] })),
      watched(found("circular", { needs: ["x"], offers: ["x"] })),
      watched(found("unfit")),
      watched(innocent),
    ],
    { config: { unfit: { a: 1 } } },
  );
  expect(loaded).toEqual(["innocent/src/extension.ts"]);
});

test("an extension that does not offer what its manifest promises is failed", async () => {
  const promising = found("promising", { offers: ["greeting", "more"] }, (own) => {
    own.offer(Greeting, greeter);
  });
  const host = await openHost([promising, found("user", { needs: ["greeting"] })]);
  expect(lines(host)[0]).toContain(
    "The manifest of promising offers more, and activate settled without offering it",
  );
  expect(lines(host)[1]).toContain("user needs greeting, which promising offers but failed");
});

test("an offer that was released before activate settled does not count", async () => {
  const fickle = found("fickle", { offers: ["greeting"] }, async (own) => {
    await own.offer(Greeting, greeter)();
  });
  expect(lines(await openHost([fickle]))[0]).toContain(
    "fickle: failed: The manifest of fickle offers greeting",
  );
});

test("offering twice is refused, and an offer that was released can be made again", async () => {
  const twice = found("twice", { offers: ["greeting"] }, (own) => {
    const release = own.offer(Greeting, greeter);
    expect(() => own.offer(Greeting, greeter)).toThrow("offered greeting twice");
    void release();
    own.offer(Greeting, { greet: () => "again" });
    void release();
  });
  const host = await openHost([twice]);
  expect(host.use(Greeting).greet()).toBe("again");
});

test("F19: a value that cannot be made fails the one who asks, with both names", async () => {
  const offers = found("greeter", { offers: ["greeting"] }, (own) => {
    own.offerEach(Greeting, () => {
      throw new Error("out of greetings");
    });
  });
  const host = await openHost([
    offers,
    found("user", { needs: ["greeting"] }, (own) => void own.use(Greeting)),
  ]);
  expect(lines(host)).toEqual([
    "greeter: active",
    "user: failed: greeter could not make greeting for user: out of greetings",
  ]);
});

test("F19: a listener that throws or rejects is logged in its extension's name, and the next one hears", async () => {
  const records: SpanRecord[] = [];
  const heard: string[] = [];
  const bad = found("a-bad", { collects: ["words"] }, (own) => {
    own.collect(Words).onChanged(() => {
      throw new Error("thrown");
    });
    own.collect(Words).onChanged(async () => {
      throw new Error("rejected");
    });
  });
  const good = found("b-good", { collects: ["words"] }, (own) => {
    own.collect(Words).onChanged(() => heard.push("change"));
  });
  const host = await openHost([bad, good, innocent, foundSink(records)]);
  await letRun();
  expect(heard).toEqual(["change"]);
  expect(lines(host)).toContain("innocent: active");
  const logged = records.flatMap((record) =>
    record.kind === "log" && record.source === "a-bad" ? [record.message] : [],
  );
  expect(logged).toEqual(["thrown", "rejected"]);
});

test("a contribution that is released twice does not take the next one's place away", async () => {
  let own: Host | undefined;
  let other: Host | undefined;
  const keep =
    (take: (host: Host) => void): Activate =>
    (host) =>
      take(host);
  const host = await openHost([
    found(
      "one",
      { contributes: { words: ["*"] } },
      keep((given) => {
        own = given;
      }),
    ),
    found(
      "two",
      { contributes: { words: ["*"] } },
      keep((given) => {
        other = given;
      }),
    ),
  ]);
  const release = own?.contribute(Words, "word", "1");
  await release?.();
  other?.contribute(Words, "word", "2");
  await release?.();
  expect(host.contributions(Words).get("word")).toBe("2");
});

test("F19: a sink that throws is left out and reported once; the others get every record", async () => {
  const records: SpanRecord[] = [];
  let calls = 0;
  const bad = found("bad-sink", { contributes: { "log-sinks": ["bad"] } }, (own) => {
    own.contribute(LogSinks, "bad", {
      write: () => {
        calls += 1;
        throw new Error("sink is broken");
      },
    });
  });
  const host = await openHost([bad, foundSink(records)]);
  for (let index = 0; index < 5; index += 1) host.logger.log("info", `line ${index}`);
  const said = records.flatMap((record) =>
    record.kind === "log" ? [`${record.source}: ${record.message}`] : [],
  );
  expect(said.filter((line) => line.startsWith("bad-sink"))).toEqual(["bad-sink: sink is broken"]);
  expect(said.slice(-5)).toEqual([0, 1, 2, 3, 4].map((index) => `host: line ${index}`));
  expect(calls).toBeGreaterThan(5);
  expect(host.sinkFailureCounts()).toEqual(new Map([["bad-sink", calls]]));
});

test("F19: releases that throw do not stop the next, and come back with their extension's id", async () => {
  const undone: string[] = [];
  const stuck = (id: string): FoundExtension =>
    found(id, {}, (_own, scope) => {
      scope.own(() => void undone.push(id));
      scope.own(() => {
        throw new Error(`${id} is stuck`);
      });
    });
  const host = await openHost([stuck("a"), stuck("b")]);
  const failures = await host.close();
  expect(undone).toEqual(["b", "a"]);
  expect(failures.map(({ extensionId, failure }) => [extensionId, String(failure)])).toEqual([
    ["b", "Error: b is stuck"],
    ["a", "Error: a is stuck"],
  ]);
});

test("F19: a release that never settles is given up after its time, and what it still offered is gone", async () => {
  const timers = manualTimers();
  const undone: string[] = [];
  const hangs = found("hangs", { offers: ["greeting"], contributes: { words: ["*"] } }, (own, scope) => {
    own.offer(Greeting, greeter);
    own.contribute(Words, "left over", "x");
    scope.own(never);
  });
  const before = found("before", {}, (_own, scope) => {
    scope.own(() => void undone.push("before"));
  });
  const host = await openHost([before, hangs], { timers });
  const closing = host.close();
  await letRun();
  expect(undone).toEqual([]);
  timers.fire();
  const failures = await closing;
  expect(failures.map(({ failure }) => failure)).toEqual([expect.any(ReleaseTimeoutError)]);
  expect(undone).toEqual(["before"]);
  expect(wordsOf(host)).toEqual([]);
  expect(() => host.use(Greeting)).toThrow("which no active extension offers");
});

test("F19: an activate that fails and then cannot undo is failed for both", async () => {
  const bad = found("bad", {}, (_own, scope) => {
    scope.own(() => {
      throw new Error("stuck");
    });
    throw new Error("broken");
  });
  const host = await openHost([bad, innocent]);
  expect(lines(host)[0]).toBe(
    "bad: failed: broken Not all that it had begun could be undone; the log has more.",
  );
  expect(lines(host)[1]).toBe("innocent: active");
});

test("closing twice undoes once", async () => {
  let count = 0;
  const host = await openHost([
    found("a", {}, (_own, scope) => {
      scope.own(() => {
        count += 1;
      });
    }),
  ]);
  expect(host.close()).toBe(host.close());
  await host.close();
  expect(count).toBe(1);
});

test("after the close an extension can offer nothing and reach nothing", async () => {
  let own: Host | undefined;
  let scope: Scope | undefined;
  const host = await openHost([
    found("a", { offers: ["greeting"], needs: ["extension-report"] }, (given, owned) => {
      own = given;
      scope = owned;
      given.offer(Greeting, greeter);
    }),
  ]);
  await host.close();
  expect(() => own?.offer(Greeting, greeter)).toThrow(ExtensionClosedError);
  expect(() => own?.use({ kind: "service", name: "extension-report" })).toThrow(ExtensionClosedError);
  let released = false;
  scope?.own(() => {
    released = true;
  });
  expect(released).toBe(true);
  expect(() => host.use(Greeting)).toThrow("which no active extension offers");
});

test("stopping while an extension hangs in activate undoes what was started, at once", async () => {
  const controller = new AbortController();
  const undone: string[] = [];
  const ran: string[] = [];
  const noting = (id: string, activate: () => void | Promise<void>): FoundExtension =>
    found(id, {}, (_own, scope) => {
      ran.push(id);
      scope.own(() => void undone.push(id));
      return activate();
    });
  const options = optionsOf([noting("a", () => undefined), noting("b", never), noting("c", () => undefined)]);
  const opening = openExtensionHost({ ...options, signal: controller.signal });
  await letRun();
  controller.abort(new Error("SIGTERM"));
  const failure: unknown = await opening.catch((reason: unknown) => reason);
  expect(failure).toBeInstanceOf(HostStoppedError);
  expect((failure as Error).cause).toEqual(new Error("SIGTERM"));
  expect(ran).toEqual(["a", "b"]);
  expect(undone).toEqual(["b", "a"]);
});

test("stopping before the start starts nothing", async () => {
  const ran: string[] = [];
  const options = optionsOf([found("a", {}, () => void ran.push("a"))]);
  await expect(openExtensionHost({ ...options, signal: AbortSignal.abort() })).rejects.toThrow(
    HostStoppedError,
  );
  expect(ran).toEqual([]);
});

test("H2: an extension that is still starting is seen by nobody", async () => {
  const gate = Promise.withResolvers<void>();
  const seen: unknown[] = [];
  let look = (): void => undefined;
  // The want would make a circle with the need of the other one, and a want gives way.
  const watcher = found("watcher", { offers: ["watch"], wants: ["greeting"], collects: ["words"] }, (own) => {
    own.offer({ kind: "service", name: "watch" }, {});
    look = () => seen.push(own.find(Greeting), own.collect(Words).all().length);
  });
  const starting = found(
    "starting",
    { offers: ["greeting"], contributes: { words: ["*"] }, needs: ["watch"] },
    async (own) => {
      own.offer(Greeting, greeter);
      own.contribute(Words, "soon", "x");
      await gate.promise;
    },
  );
  const opening = openHost([watcher, starting]);
  await letRun();
  look();
  gate.resolve();
  await opening;
  look();
  expect(seen).toEqual([undefined, 0, greeter, 1]);
});
