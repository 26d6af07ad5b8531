// A request's head, taken apart without giving anything up that Node would.

/** As it was sent: header names and values in turn. */
export interface RequestHead {
  readonly method: string;
  readonly target: string;
  readonly rawHeaders: readonly string[];
}

export interface Target {
  /** Of the absolute form `http://host/path`; undefined for the usual form. Null = neither form. */
  readonly authority: string | undefined | null;
  readonly path: string;
  /** With its `?`, or empty. */
  readonly query: string;
}

/** The values of each header, by its name in lower case. */
export type Headers = ReadonlyMap<string, readonly string[]>;

/** Whether `text/html` is among what the caller takes by name. */
export function takesPages(headers: Headers): boolean {
  return (headers.get("accept") ?? [])
    .flatMap((line) => line.split(","))
    .some((type) => type.split(";")[0]?.trim().toLowerCase() === "text/html");
}

export function readTarget(target: string): Target {
  const absolute = /^http:\/\/([^/?#]*)(.*)$/s.exec(target);
  const rest = absolute === null ? target : (absolute[2] ?? "");
  const at = rest.indexOf("?");
  const path = (at === -1 ? rest : rest.slice(0, at)) || (absolute === null ? "" : "/");
  const query = at === -1 ? "" : rest.slice(at);
  if (absolute !== null) return { authority: absolute[1] ?? "", path, query };
  return { authority: target.startsWith("/") ? undefined : null, path, query };
}

// From the raw list: Node keeps the first of two Host or Authorization headers and says nothing.
export function collectHeaders(rawHeaders: readonly string[]): Headers {
  const headers = new Map<string, string[]>();
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = (rawHeaders[at] ?? "").toLowerCase();
    const value = rawHeaders[at + 1] ?? "";
    const held = headers.get(name);
    if (held === undefined) headers.set(name, [value]);
    else held.push(value);
  }
  return headers;
}
