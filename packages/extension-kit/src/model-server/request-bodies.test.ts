import type { Body, Message, ModelCallCapture, ProviderRequest } from "@lathe/kernel";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { plainRequest } from "../testing/provider/plain-request.ts";
import { type BodyFormat, RequestBodies, renderedOnce } from "./request-bodies.ts";

interface Seen {
  readonly format: BodyFormat;
  readonly heads: string[];
  readonly appended: string[];
}

function watched(): Seen {
  const heads: string[] = [];
  const appended: string[] = [];
  const format: BodyFormat = {
    head: ({ model, settings }) => {
      heads.push(model);
      return `{"model":"${model}","t":${settings.temperature ?? null},"messages":[`;
    },
    open: (_request, body) => ({
      append: (message) => {
        appended.push(message.role);
        body.append(JSON.stringify(message.role));
      },
      tail: () => "]}",
    }),
  };
  return { format, heads, appended };
}

const user: Message = { role: "user", content: [{ type: "text", text: "Hi" }] };
const text = (bodies: RequestBodies, request: ProviderRequest): string =>
  Buffer.from(bodies.render(request).bytes).toString();

test("R2: a conversation that grows is rendered once", () => {
  const { format, heads, appended } = watched();
  const bodies = new RequestBodies(format);
  const messages: Message[] = [user];
  expect(text(bodies, plainRequest({ messages }))).toBe(
    '{"model":"some-model","t":null,"messages":["user"]}',
  );
  messages.push(user, user);
  expect(text(bodies, plainRequest({ messages }))).toBe(
    '{"model":"some-model","t":null,"messages":["user","user","user"]}',
  );
  expect(appended.length).toBe(3);
  // The second request brought new lists and settings of the same content, so its head was made to compare.
  expect(heads.length).toBe(2);
});

test("the head is not even made again where nothing of it is new", () => {
  const { format, heads } = watched();
  const bodies = new RequestBodies(format);
  const request = plainRequest();
  bodies.render(request);
  bodies.render({ ...request, settings: {} });
  expect(heads.length).toBe(1);
});

test("R1: another model, other settings, or an array that shrank are rendered anew", () => {
  const { format } = watched();
  const bodies = new RequestBodies(format);
  const messages: Message[] = [user, user];
  text(bodies, plainRequest({ messages }));
  expect(text(bodies, plainRequest({ messages, model: "other" }))).toContain(
    '"other","t":null,"messages":["user","user"]',
  );
  expect(text(bodies, plainRequest({ messages, settings: { temperature: 1 } }))).toContain('"t":1');
  messages.pop();
  expect(text(bodies, plainRequest({ messages, settings: { temperature: 1 } }))).toContain(
    '"messages":["user"]}',
  );
});

test("a value is rendered once for as long as it is the same", () => {
  let count = 0;
  const render = renderedOnce((value: { readonly a: number }) => `${value.a}-${++count}`);
  const one = { a: 1 };
  expect([render(one), render(one), render({ a: 1 })]).toEqual(["1-1", "1-1", "1-2"]);
});

describe("T4, R3: what is captured", () => {
  interface Captured {
    readonly body: Body;
    readonly sent: string;
  }

  function captured(bodies: RequestBodies, request: ProviderRequest): Captured {
    const handedOver: Body[] = [];
    const capture: ModelCallCapture = { request: (body) => handedOver.push(body), response: () => undefined };
    const { bytes, giveBack } = bodies.render(request, capture);
    const sent = Buffer.from(bytes).toString();
    giveBack();
    const [body] = handedOver;
    if (body === undefined || handedOver.length > 1) throw new Error("It was not handed over once.");
    return { body, sent };
  }

  const textOf = ({ head, items, itemCount, tail }: Body): string =>
    [head, ...items.slice(0, itemCount), tail].join("");

  /** The last message is not final yet and goes into the tail, as with moving marks. */
  const holdingBack: BodyFormat = {
    head: ({ model, system }) => `{"model":${JSON.stringify(model + system)},"messages":[`,
    open: ({ system }, body) => {
      if (system !== "") body.append(JSON.stringify(system));
      let last: string | undefined;
      return {
        append: (message) => {
          if (last !== undefined) body.append(last);
          last = JSON.stringify(message);
        },
        tail: () => `${last === undefined ? "" : `${body.itemCount > 0 ? "," : ""}${last}`}]}`,
      };
    },
  };

  test("is the text of the bytes, whichever requests are captured, and stays so while the conversation grows", () => {
    const step = fc.oneof(
      {
        weight: 4,
        arbitrary: fc.record({ kind: fc.constant("say" as const), text: fc.string({ unit: "binary" }) }),
      },
      { weight: 3, arbitrary: fc.constant({ kind: "capture" as const }) },
      { weight: 1, arbitrary: fc.constant({ kind: "send" as const }) },
      { weight: 1, arbitrary: fc.constant({ kind: "begin" as const }) },
      {
        weight: 1,
        arbitrary: fc.record({ kind: fc.constant("model" as const), model: fc.constantFrom("a", "b") }),
      },
    );
    fc.assert(
      fc.property(fc.constantFrom("", "Be brief."), fc.array(step, { maxLength: 40 }), (system, steps) => {
        const bodies = new RequestBodies(holdingBack);
        let messages: Message[] = [];
        let model = "a";
        const all: Captured[] = [];
        for (const one of steps) {
          const request = plainRequest({ messages, model, system });
          if (one.kind === "say")
            messages.push({ role: "user", content: [{ type: "text", text: one.text }] });
          else if (one.kind === "begin") messages = [...messages];
          else if (one.kind === "model") model = one.model;
          else if (one.kind === "send") bodies.render(request).giveBack();
          else all.push(captured(bodies, request));
          for (const { body, sent } of all) expect(textOf(body)).toBe(sent);
        }
        const anew = captured(new RequestBodies(holdingBack), plainRequest({ messages, model, system }));
        expect(captured(bodies, plainRequest({ messages, model, system })).sent).toBe(anew.sent);
      }),
      { numRuns: 300 },
    );
  });

  test("shares its items with the requests before it, and is cut where another was", () => {
    const { format, appended } = watched();
    const bodies = new RequestBodies(format);
    const messages: Message[] = [user, user];
    text(bodies, plainRequest({ messages }));
    const first = captured(bodies, plainRequest({ messages }));
    messages.push(user);
    // One that nobody captures does not make the next ones incomplete.
    text(bodies, plainRequest({ messages }));
    const second = captured(bodies, plainRequest({ messages }));
    expect(second.body.items).toBe(first.body.items);
    expect([first.body.itemCount, second.body.itemCount]).toEqual([2, 3]);
    expect(second.body.items).toEqual(['"user"', ',"user"', ',"user"']);
    // Two for the request that nobody captured, and once more from the first that somebody did.
    expect(appended.length).toBe(2 + 3);
  });

  test("has another array of items behind another head", () => {
    const { format } = watched();
    const bodies = new RequestBodies(format);
    const messages: Message[] = [user];
    const first = captured(bodies, plainRequest({ messages }));
    const second = captured(bodies, plainRequest({ messages, model: "other" }));
    expect(second.body.items).not.toBe(first.body.items);
    expect(textOf(first.body)).toBe(first.sent);
  });
});
