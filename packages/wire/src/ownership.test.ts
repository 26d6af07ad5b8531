import { UnknownConversationError } from "@lathe/kernel";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type OperationScope, type Principal, ProblemError } from "./operation.ts";
import { forbiddenAs, mayTouch, refuseOthers } from "./ownership.ts";

const ann: Principal = { id: "ann", scopes: ["read", "write"] };
const root: Principal = { id: "root", scopes: ["read", "write", "admin"] };

function refusal(unknown?: ProblemError): ProblemError {
  try {
    refuseOthers(ann, "bob", unknown);
  } catch (problem) {
    return problem as ProblemError;
  }
  throw new Error("It was not refused.");
}

function bytesOf(problem: ProblemError): number {
  return Buffer.byteLength(JSON.stringify(problem.toProblem()));
}

test("B1: others are refused, the owner and whoever may do everything are not", () => {
  expect(refusal()).toMatchObject({ status: 403, code: "forbidden" });
  expect(() => refuseOthers(ann, "ann")).not.toThrow();
  expect(() => refuseOthers(root, "bob")).not.toThrow();
});

test("B6: nothing but the scope admin opens what belongs to others", () => {
  const scopes = fc.subarray<OperationScope>(["public", "read", "write", "admin"]);
  fc.assert(
    fc.property(scopes, fc.string(), fc.string(), (granted, id, owner) => {
      expect(mayTouch({ id, scopes: granted }, owner)).toBe(id === owner || granted.includes("admin"));
    }),
  );
});

test("B2: a conversation of another principal and none at all are answered with as many bytes", () => {
  const { code, message } = new UnknownConversationError("cnv_1");
  const unknown = new ProblemError(404, code, message);
  expect(bytesOf(refusal())).toBe(bytesOf(unknown));
  expect(refusal().message).toMatch(/^This belongs to another principal\. Ask/);
});

test("B2: whatever the unknown thing is called, another's is answered with as many bytes, and in a sentence", () => {
  fc.assert(
    fc.property(
      fc.stringMatching(/^[a-z]{2,12}$/),
      fc.stringMatching(/^[A-Za-z ]{40,200}$/),
      (noun, detail) => {
        const unknown = new ProblemError(404, `unknown-${noun}`, detail);
        const forbidden = forbiddenAs(unknown);
        expect(bytesOf(forbidden)).toBe(bytesOf(unknown));
        expect(forbidden.message.trimEnd()).toMatch(/^This belongs to another principal\./);
      },
    ),
  );
});
