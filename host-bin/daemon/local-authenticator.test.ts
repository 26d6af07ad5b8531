import { expect, test } from "vitest";
import { createLocalAuthenticator } from "./local-authenticator.ts";

const token = "q".repeat(43);

test("the local token is the local user's, who may do everything, and does not end", () => {
  const session = createLocalAuthenticator(token).authenticate(token);
  expect(session?.principal).toEqual({ id: "local", scopes: ["public", "read", "write", "admin"] });
  expect(session?.ended.aborted).toBe(false);
});

test("nothing else is anybody's, however near it is", () => {
  const local = createLocalAuthenticator(token);
  const near = [
    "",
    token.slice(1),
    `${token}q`,
    ` ${token}`,
    token.toUpperCase(),
    `Bearer ${token}`,
    "\0",
    "é",
  ];
  for (const wrong of near) expect([wrong, local.authenticate(wrong)]).toEqual([wrong, undefined]);
});
