// How a page signs in, learns who it is, and signs out. The session is a cookie, so that the page keeps no token.
import * as v from "valibot";
import { type Declared, declareOperation, type Principal } from "../operation.ts";
import { PrincipalSchema } from "../schemas/principal.ts";
import { MillisecondsSchema } from "../schemas/values.ts";

type Nothing = Readonly<Record<string, never>>;

/** Who calls, and until when. */
export interface PageSession {
  readonly principal: Principal;
  /** Milliseconds since 1970. Null where the caller was not recognized by a cookie, or came by a transport without. */
  readonly expiresAtMs: number | null;
}

const PageSessionSchema: v.GenericSchema<PageSession> = v.object({
  principal: PrincipalSchema,
  expiresAtMs: v.nullable(MillisecondsSchema),
});

export const sessionBegin: Declared<Nothing, PageSession> = declareOperation({
  name: "session.begin",
  summary: "Signs a page in: takes the token, and gives the browser a cookie that stands for it.",
  scope: "read",
  rest: { method: "POST", path: "/api/session", status: 200 },
  input: v.strictObject({}),
  output: PageSessionSchema,
  problems: ["cookies-need-http", "token-needed", "forbidden"],
});

export const sessionGet: Declared<Nothing, PageSession> = declareOperation({
  name: "session.get",
  summary: "Tells who calls; a session of which less than half is left is made whole again.",
  scope: "read",
  rest: { method: "GET", path: "/api/session", status: 200 },
  input: v.strictObject({}),
  output: PageSessionSchema,
  problems: [],
});

export const sessionEnd: Declared<Nothing, null> = declareOperation({
  name: "session.end",
  summary: "Signs the page out: its cookie is good for nothing any more, its streams and sockets end.",
  scope: "read",
  rest: { method: "DELETE", path: "/api/session", status: 204 },
  input: v.strictObject({}),
  output: v.null(),
  problems: ["cookies-need-http", "no-session"],
});
