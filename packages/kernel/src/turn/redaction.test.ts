// Secrets are taken out where something enters the turn: no event, no entry and no message of the transcript has one.
import fc from "fast-check";
import { expect, test } from "vitest";
import type { JsonValue } from "../contracts/json.ts";
import type { ProviderEvent } from "../contracts/provider.ts";
import type { RedactedStream, Redactor } from "../contracts/redaction.ts";
import { rehearse, stageTool } from "../testing/rehearsal.ts";

const secret = "hush-hush";
const mark = "[redacted:test]";

class TestStream implements RedactedStream {
  found = false;
  #held = "";
  push(piece: string): string {
    const whole = this.#take(this.#held + piece);
    let keep = Math.min(secret.length - 1, whole.length);
    while (keep > 0 && !secret.startsWith(whole.slice(whole.length - keep))) keep--;
    this.#held = whole.slice(whole.length - keep);
    return whole.slice(0, whole.length - keep);
  }
  end(): string {
    return this.#held;
  }
  #take(text: string): string {
    this.found ||= text.includes(secret);
    return text.replaceAll(secret, mark);
  }
}

const redactor: Redactor = {
  text: (text) => text.replaceAll(secret, mark),
  json: <Value extends JsonValue>(value: Value): Value => {
    const text = JSON.stringify(value);
    return text.includes(secret) ? (JSON.parse(text.replaceAll(secret, mark)) as Value) : value;
  },
  stream: () => new TestStream(),
};

const finish = (reason: "stop" | "tool-calls"): ProviderEvent => ({
  type: "finish",
  reason,
  rawReason: null,
});

function everythingOf(stage: ReturnType<typeof rehearse>): string {
  const { events, commits, bodies, plan } = stage;
  return JSON.stringify([events, commits, bodies, plan.transcript.forRequest()]);
}

test("a secret in a text is never shown, however its deltas are cut", async () => {
  const whole = `Take ${secret}, or hush-hus, or ${secret}`;
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(whole.length), { maxLength: 8 }), async (cuts) => {
      const at = [0, ...cuts.toSorted((one, other) => one - other), whole.length];
      const deltas = at.slice(1).map((end, index) => whole.slice(at[index], end));
      const say = (type: "text-delta" | "reasoning-delta"): readonly ProviderEvent[] =>
        deltas.map((text) => ({ type, text }));
      const stage = rehearse({
        calls: [[[...say("reasoning-delta"), ...say("text-delta"), finish("stop")]]],
        desk: { redactor },
      });
      await stage.run();
      const shown = `Take ${mark}, or hush-hus, or ${mark}`;
      const [step] = stage.commits.flat();
      expect(step).toMatchObject({
        message: {
          content: [
            { type: "reasoning", text: shown },
            { type: "text", text: shown },
          ],
        },
      });
      const live = stage.events.map((event) => (event.type === "text-delta" ? event.text : "")).join("");
      expect(live).toBe(shown);
      expect(everythingOf(stage)).not.toContain(secret);
    }),
  );
});

test("a tool runs with the arguments that the model wrote, and they are shown and kept without the secret", async () => {
  const inputs: unknown[] = [];
  const put = stageTool("put", async (input) => {
    inputs.push(input);
    return { content: `Stored ${secret}.` };
  });
  const argumentsText = `{"value":"${secret}"}`;
  const stage = rehearse({
    calls: [
      [
        [
          { type: "tool-call-start", callId: "c1", name: "put" },
          { type: "tool-call-delta", callId: "c1", argumentsText: argumentsText.slice(0, 14) },
          { type: "tool-call-delta", callId: "c1", argumentsText: argumentsText.slice(14) },
          { type: "tool-call", callId: "c1", name: "put", argumentsText },
          finish("tool-calls"),
        ],
      ],
      [[finish("stop")]],
    ],
    tools: [put],
    desk: { redactor },
  });
  await stage.run();
  expect(inputs).toEqual([{ value: secret }]);
  expect(everythingOf(stage)).not.toContain(secret);
  expect(stage.commits.flat()[0]).toMatchObject({
    message: { content: [{ argumentsText: `{"value":"${mark}"}` }] },
    toolResults: [{ content: `Stored ${mark}.` }],
  });
});

test("a secret across the cut of a long output is found", async () => {
  const long = stageTool("long", async () => ({ content: `${"x".repeat(95)}${secret}${"y".repeat(50)}` }));
  const stage = rehearse({
    calls: [
      [[{ type: "tool-call", callId: "c1", name: "long", argumentsText: "{}" }, finish("tool-calls")]],
      [[finish("stop")]],
    ],
    tools: [long],
    limits: { toolOutputLengthMax: 100 },
    desk: { redactor },
  });
  await stage.run();
  const all = everythingOf(stage);
  for (let length = 3; length <= secret.length; length++) expect(all).not.toContain(secret.slice(0, length));
});

test("what only its provider can read is left out where it holds a secret, and kept as it is otherwise", async () => {
  const stage = rehearse({
    calls: [
      [
        [
          { type: "reasoning-delta", text: "One." },
          { type: "reasoning-end", providerData: { kept: secret } },
          { type: "opaque-part", providerData: [secret] },
          { type: "opaque-part", providerData: ["fine"] },
          { type: "text-delta", text: "Two." },
          finish("stop"),
        ],
      ],
    ],
    desk: { redactor },
  });
  await stage.run();
  expect(stage.commits.flat()[0]).toMatchObject({
    message: {
      content: [
        { type: "reasoning", text: "One." },
        { type: "opaque", providerData: ["fine"] },
        { type: "text", text: "Two." },
      ],
    },
  });
  expect(everythingOf(stage)).not.toContain(secret);
});

test("what a server says of its failure is shown without the secret, and a held beginning of one does not stop a retry", async () => {
  const failure = {
    kind: "overloaded",
    message: `Busy with ${secret}.`,
    status: 529,
    code: null,
    retryable: true,
    retryAfterMs: null,
  } as const;
  const stage = rehearse({
    calls: [
      [
        [
          { type: "text-delta", text: "hush" },
          { type: "error", failure },
        ],
      ],
      [[{ type: "text-delta", text: "Hi." }, finish("stop")]],
    ],
    desk: { redactor },
  });
  const done = await stage.run();
  expect(done.finishReason).toBe("stop");
  expect(stage.events.filter((event) => event.type === "text-delta")).toHaveLength(1);
  expect(everythingOf(stage)).not.toContain(secret);
});

test("the bytes of an answer with a secret are not kept, those of another are", async () => {
  for (const text of ["plain", secret]) {
    const stage = rehearse({ calls: [], desk: { redactor } });
    const choice = stage.plan.models[0];
    if (choice === undefined) throw new Error("The stage has no model.");
    const provider: typeof choice.provider = {
      ...choice.provider,
      stream: async function* (_request, { capture }) {
        capture?.request({ head: "{}", items: [], itemCount: 0, tail: "" });
        for (const letter of text) capture?.response(new TextEncoder().encode(letter));
        yield [{ type: "text-delta", text }, finish("stop")];
      },
    };
    const again = rehearse({ calls: [], plan: { models: [{ ...choice, provider }] }, desk: { redactor } });
    await again.run();
    const kept = again.bodies.find(({ name }) => name === "response")?.text;
    expect(kept).toBe(text === secret ? "[withheld: the answer held a secret]" : text);
  }
});

test.each([
  ["a member that another of its name replaces", `{"value":"${secret}","value":"x"}`],
  ["arguments that are no JSON", `{"value":${secret}}`],
])("a secret in %s is neither shown nor kept", async (_where, argumentsText) => {
  const put = stageTool("put", async () => ({ content: "Stored." }));
  const stage = rehearse({
    calls: [
      [[{ type: "tool-call", callId: "c1", name: "put", argumentsText }, finish("tool-calls")]],
      [[finish("stop")]],
    ],
    tools: [put],
    desk: { redactor },
  });
  await stage.run();
  expect(everythingOf(stage)).not.toContain(secret);
});

test("a secret across the cut of a long error is found", async () => {
  const broken = stageTool("broken", async () => {
    throw new Error(`${"x".repeat(4_096 - 5)}${secret}${"y".repeat(50)}`);
  });
  const stage = rehearse({
    calls: [
      [[{ type: "tool-call", callId: "c1", name: "broken", argumentsText: "{}" }, finish("tool-calls")]],
      [[finish("stop")]],
    ],
    tools: [broken],
    desk: { redactor },
  });
  await stage.run();
  expect(everythingOf(stage)).not.toContain(secret.slice(0, 5));
});

test("what is left of a secret at the end of a very long output is not shown, however much was taken out before", async () => {
  const content = `${secret} `.repeat(100_000);
  const shrinking: Redactor = { ...redactor, text: (text) => text.replaceAll(secret, "*") };
  for (const shift of [0, 1, 2, 3, 4, 5, 6, 7, 8]) {
    const long = stageTool("long", async () => ({ content: "x".repeat(shift) + content }));
    const stage = rehearse({
      calls: [
        [[{ type: "tool-call", callId: "c1", name: "long", argumentsText: "{}" }, finish("tool-calls")]],
        [[finish("stop")]],
      ],
      tools: [long],
      desk: { redactor: shrinking },
    });
    await stage.run();
    expect(everythingOf(stage)).not.toContain("hush");
  }
});
