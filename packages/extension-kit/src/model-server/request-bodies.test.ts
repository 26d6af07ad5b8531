import type { Message, ProviderRequest } from "@lathe/kernel";
import { expect, test } from "vitest";
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
