// Where an operation's input goes in an HTTP request: into the path what the path names, the rest into the query, or
// into the body where the method has one.
import type { RestMapping } from "@lathe/wire";

export interface RestRequest {
  readonly method: RestMapping["method"];
  /** With its query; begins with a slash. */
  readonly path: string;
  /** JSON; undefined = none is sent. */
  readonly body: string | undefined;
}

export type Fields = Readonly<Record<string, unknown>>;

const methodsWithBody: readonly string[] = ["POST", "PUT", "PATCH"];

export function restRequest(rest: RestMapping, input: Fields): RestRequest {
  const left = new Map(Object.entries(input).filter(([, value]) => value !== undefined));
  const path = rest.path.replaceAll(/:([^/]+)/g, (_whole, name: string) => {
    const segment = segmentOf(name, left.get(name));
    left.delete(name);
    return segment;
  });
  const { method } = rest;
  if (left.size === 0) return { method, path, body: undefined };
  if (methodsWithBody.includes(method))
    return { method, path, body: JSON.stringify(Object.fromEntries(left)) };
  const query = new URLSearchParams([...left].map(([name, value]) => [name, String(value)]));
  return { method, path: `${path}?${query}`, body: undefined };
}

/** A URL with an empty segment, or one of dots, is another URL than the one that was meant. */
function segmentOf(name: string, value: unknown): string {
  const text = value === undefined ? "" : String(value);
  if (text === "" || text === "." || text === "..")
    throw new TypeError(
      `The field ${name} must be text that can stand in a path, and not ${JSON.stringify(text)}.`,
    );
  return encodeURIComponent(text);
}
