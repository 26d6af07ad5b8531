import { conversationsEntries, conversationsSend, conversationsStop } from "@lathe/wire/operations";
import fc from "fast-check";
import { expect, test } from "vitest";
import { restRequest } from "./rest-request.ts";

test("what the path names goes into the path, the rest into the query or the body", () => {
  expect(restRequest(conversationsEntries.rest, { id: "cnv_1", sinceSeq: 4, limit: undefined })).toEqual({
    method: "GET",
    path: "/api/conversations/cnv_1/entries?sinceSeq=4",
    body: undefined,
  });
  expect(restRequest(conversationsSend.rest, { id: "cnv_1", text: "Hi.", model: undefined })).toEqual({
    method: "POST",
    path: "/api/conversations/cnv_1/messages",
    body: '{"text":"Hi."}',
  });
  expect(restRequest(conversationsStop.rest, { id: "cnv_1" })).toEqual({
    method: "POST",
    path: "/api/conversations/cnv_1/stop",
    body: undefined,
  });
});

test("whatever an id holds, the path has as many segments as it should, and the id can be read from it again", () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, unit: "grapheme" }), (id) => {
      fc.pre(id.isWellFormed() && id !== "." && id !== "..");
      const { path } = restRequest(conversationsStop.rest, { id });
      const segments = new URL(path, "http://daemon").pathname.split("/");
      expect(segments.map(decodeURIComponent)).toEqual(["", "api", "conversations", id, "stop"]);
    }),
  );
});

test.each([
  undefined,
  "",
  ".",
  "..",
])("a field of the path that would change the path is refused: %s", (id) => {
  expect(() => restRequest(conversationsStop.rest, { id })).toThrow(TypeError);
});
