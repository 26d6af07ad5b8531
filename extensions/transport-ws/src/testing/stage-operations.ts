// Operations that need nothing but the stage.
import { type AnyOperation, type Call, defineOperation, ProblemError } from "@lathe/wire";
import {
  exactOptional,
  integer,
  maxLength,
  minValue,
  number,
  object,
  pipe,
  record,
  strictObject,
  string,
  unknown,
} from "valibot";
import { Feed } from "./feed.ts";

export interface StageCalls {
  readonly seen: { readonly name: string; readonly input: unknown; readonly call: Call }[];
  readonly feeds: Map<string, Feed>;
  /** Lets the operation `notes.wait` answer. */
  readonly gate: PromiseWithResolvers<void>;
}

export function feedOf({ feeds }: StageCalls, name: string): Feed {
  const feed = feeds.get(name) ?? new Feed();
  feeds.set(name, feed);
  return feed;
}

const rest = { method: "POST", path: "/api/notes", status: 200 } as const;
const anything = { summary: "Does what its name says.", output: unknown(), problems: [], rest } as const;

export function stageOperations(calls: StageCalls): readonly AnyOperation[] {
  const operations: readonly AnyOperation[] = [
    defineOperation({
      ...anything,
      name: "notes.echo",
      scope: "read",
      input: strictObject({
        text: pipe(string(), maxLength(2_000_000)),
        count: exactOptional(pipe(number(), integer(), minValue(1))),
        more: exactOptional(record(string(), unknown())),
      }),
      run: async ({ text, count = 1 }, { principal }) => ({ text: text.repeat(count), by: principal.id }),
    }),
    defineOperation({
      ...anything,
      name: "notes.erase",
      scope: "admin",
      input: strictObject({}),
      run: async () => undefined,
    }),
    defineOperation({
      ...anything,
      name: "notes.refuse",
      scope: "write",
      input: strictObject({}),
      run: async () => {
        throw new ProblemError(409, "note-exists", "There is such a note.", {
          errors: [{ field: "text", message: "It is taken." }],
        });
      },
    }),
    defineOperation({
      ...anything,
      name: "notes.break",
      scope: "write",
      input: strictObject({ how: exactOptional(string()) }),
      run: async ({ how }) => {
        if (how === "circle") return circle;
        throw new TypeError("a secret of the inside");
      },
    }),
    defineOperation({
      ...anything,
      name: "notes.wait",
      scope: "write",
      input: strictObject({}),
      run: async () => {
        await calls.gate.promise;
        return "waited";
      },
    }),
    defineOperation({
      ...anything,
      name: "feed.follow",
      scope: "read",
      input: strictObject({ name: string(), over: exactOptional(string()) }),
      output: object({ lastSeq: number() }),
      run: async ({ name }) => ({ lastSeq: feedOf(calls, name).log.length }),
      follow: ({ name, over }, _output, { lastEventId }) => {
        if (over === "before") return undefined;
        if (over === "broken") return () => refuse();
        return feedOf(calls, name).follow(Number(lastEventId ?? 0));
      },
      streamName: ({ name }) => `feed:${name}`,
    }),
  ];
  return operations.map((operation) => recording(operation, calls));
}

const circle: { self?: unknown } = {};
circle.self = circle;

function refuse(): never {
  throw new ProblemError(503, "stream-failed", "It cannot be followed now.");
}

function recording(operation: AnyOperation, { seen }: StageCalls): AnyOperation {
  return {
    ...operation,
    run: (input, call) => {
      seen.push({ name: operation.name, input, call });
      return operation.run(input, call);
    },
  };
}
