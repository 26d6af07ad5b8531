/** Where a server's API begins. */
export interface BaseUrl {
  /** The address of a path below it, with a query such as `limit=10`; `path` begins without a slash. */
  at(path: string, query?: string): string;
  /** On this machine, where nobody needs a key. */
  readonly isLoopback: boolean;
}

/** Reads a base URL such as `https://api.example.com/v1`. A query goes behind each path. Throws TypeError. */
export function parseBaseUrl(text: string): BaseUrl {
  const url = URL.parse(text.trim());
  if (url === null) throw new TypeError("The base URL cannot be read. Give it as https://host/path.");
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    throw new TypeError(`The base URL begins with ${url.protocol}; only https: and http: can be asked.`);
  }
  if (url.username !== "" || url.password !== "") {
    throw new TypeError("The base URL holds a user name or a password. Put the key into the environment.");
  }
  const folder = url.origin + (url.pathname.endsWith("/") ? url.pathname.slice(0, -1) : url.pathname);
  const search = url.search.slice(1);
  return {
    at: (path, query = "") => {
      const queries = [search, query].filter((one) => one !== "");
      return `${folder}/${path}${queries.length === 0 ? "" : `?${queries.join("&")}`}`;
    },
    isLoopback: isLoopbackHost(url.hostname),
  };
}

function isLoopbackHost(host: string): boolean {
  return host === "localhost" || host === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(host);
}
