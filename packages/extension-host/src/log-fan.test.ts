import { type Attributes, LogSinks, type Redactor, type SpanRecord } from "@lathe/kernel";
import fc from "fast-check";
import { expect, test } from "vitest";
import { found, foundSink, openHost } from "./testing/fixtures.ts";

const secret = "the hidden word";

/** Knows one secret, and the members that are called `password`. */
const redactor: Redactor = {
  text: (text) => text.replaceAll(secret, "[gone]"),
  json: (value) => {
    const text = JSON.stringify(value);
    const shown = text.replaceAll(secret, "[gone]").replace(/("password":)"[^"]*"/, '$1"[gone]"');
    return shown === text ? value : JSON.parse(shown);
  },
  stream: () => {
    throw new Error("Records do not come in pieces.");
  },
};

test("no sink sees a secret in what is logged, in the names of spans or in attributes", async () => {
  const records: SpanRecord[] = [];
  const host = await openHost([foundSink(records)], { redactor });
  const attributes: Attributes = { cause: `It was ${secret}.`, password: "any", count: 3 };
  host.logger.log("warn", `It says ${secret}.`, attributes);
  host.logger.openSpan(`call ${secret}`, attributes).close("error", attributes);
  await host.close();
  const shown = { cause: "It was [gone].", password: "[gone]", count: 3 };
  expect(records.slice(-3)).toMatchObject([
    { message: "It says [gone].", attributes: shown },
    { name: "call [gone]", attributes: shown },
    { name: "call [gone]", attributes: shown, outcome: "error" },
  ]);
});

test("what was logged before the sink came holds no secret either, and neither does the report", async () => {
  const records: SpanRecord[] = [];
  const failing = found("a-failing", {}, (own) => {
    own.logger.log("info", `Early: ${secret}`);
    throw new Error(`The server refused ${secret}.`);
  });
  const host = await openHost([failing, foundSink(records)], { redactor });
  expect(JSON.stringify([records, host.report()])).not.toContain(secret);
  expect(records.map((record) => (record.kind === "log" ? record.message : ""))).toContain("Early: [gone]");
  expect(host.report().find(({ id }) => id === "a-failing")?.reason).toContain("[gone]");
});

test("H6s: a redactor that throws costs the record, which is counted, and nothing else", async () => {
  const records: SpanRecord[] = [];
  let isBroken = false;
  const breaking: Redactor = {
    ...redactor,
    text: (text) => {
      if (isBroken) throw new Error("The redactor is broken.");
      return text;
    },
  };
  const host = await openHost([foundSink(records)], { redactor: breaking });
  isBroken = true;
  const span = host.logger.openSpan("one");
  span.log("info", secret);
  span.close("ok");
  isBroken = false;
  host.logger.log("info", "Afterwards.");
  expect(host.unredactedCount()).toBe(3);
  expect(records.at(-1)).toMatchObject({ message: "Afterwards." });
  expect(JSON.stringify(records)).not.toContain(secret);
});

test("H6s: an extension that fails is reported where the redactor is broken, without what it said", async () => {
  const broken: Redactor = {
    ...redactor,
    text: () => {
      throw new Error("The redactor is broken.");
    },
  };
  const failing = found("a-failing", {}, () => {
    throw new Error(secret);
  });
  const host = await openHost([failing], { redactor: broken });
  expect(host.report()[0]).toMatchObject({ kind: "failed", reason: expect.not.stringContaining(secret) });
});

test("H7s: one record in, one out, whatever stands in it", async () => {
  const records: SpanRecord[] = [];
  const host = await openHost([foundSink(records)], { redactor });
  const before = records.length;
  const nasty = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom("\n", "\r\n", "\u0000", "\u001b[31m", '"}\n{"kind":"log"}', "\u2028", "\ud800", secret),
  );
  let written = 0;
  fc.assert(
    fc.property(nasty, nasty, (message, value) => {
      host.logger.log("info", message, { value });
      written += 1;
    }),
  );
  expect(records.length - before).toBe(written);
});

test("a redactor is asked before a sink is chosen: one that comes and goes sees nothing else", async () => {
  const seen: string[] = [];
  const sink = found("b-sink", { contributes: { [LogSinks.name]: ["lines"] } }, (own) => {
    own.contribute(LogSinks, "lines", { write: (record) => void seen.push(JSON.stringify(record)) });
  });
  const host = await openHost([sink], { redactor });
  host.reportFailure("b-sink", new Error(`It broke at ${secret}.`));
  expect(seen.at(-1)).toContain("It broke at [gone].");
  expect(seen.join()).not.toContain(secret);
});
