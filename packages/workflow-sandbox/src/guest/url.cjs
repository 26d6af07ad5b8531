// A small URL for scripts, over strings: its parts are plain strings, read once. Hosts are not put into punycode.
"use strict";

const shape = /^([a-zA-Z][a-zA-Z0-9+.-]*):([^?#]*)(\?[^#]*)?(#.*)?$/su;
const authority = /^\/\/(?:([^/@]*)@)?(\[[0-9a-fA-F:.]+\]|[^/:@]*)(?::([0-9]*))?(\/.*)?$/su;
const defaultPorts = { "http:": "80", "https:": "443", "ws:": "80", "wss:": "443", "ftp:": "21" };

/** What no URL shows as it is: all that is not visible ASCII, and a few signs. */
function encode(text) {
  return text.toWellFormed().replace(/[^!-~]|["<>`{}]/gu, encodeURIComponent);
}

function removeDots(path) {
  const kept = [];
  const parts = path.split("/").slice(1);
  for (let at = 0; at < parts.length; at++) {
    const part = parts[at];
    const isLast = at === parts.length - 1;
    if (part === "..") kept.pop();
    if (part !== "." && part !== "..") kept.push(part);
    else if (isLast) kept.push("");
  }
  return `/${kept.join("/")}`;
}

/** The text of a reference, seen from a base. */
function resolve(reference, base) {
  if (shape.test(reference)) return reference;
  if (base === undefined) return undefined;
  if (reference.startsWith("//")) return base.protocol + reference;
  const root = `${base.protocol}//${base.host}`;
  if (reference.startsWith("/")) return root + reference;
  if (reference.startsWith("#")) return root + base.pathname + base.search + reference;
  if (reference.startsWith("?")) return root + base.pathname + reference;
  if (reference === "") return root + base.pathname + base.search;
  return root + base.pathname.replace(/[^/]*$/u, "") + reference;
}

/** The parts, or undefined where it is no URL. */
function parse(text) {
  const whole = shape.exec(text);
  if (whole === null) return undefined;
  const [, scheme, rest, search = "", hash = ""] = whole;
  const protocol = `${scheme.toLowerCase()}:`;
  const common = {
    protocol,
    search: search === "?" ? "" : encode(search),
    hash: hash === "#" ? "" : encode(hash),
  };
  const place = authority.exec(rest);
  if (place === null) {
    if (protocol in defaultPorts) return undefined;
    return { ...common, username: "", password: "", hostname: "", port: "", pathname: encode(rest) };
  }
  return parseAuthority(common, place);
}

function parseAuthority(common, [, user = "", host, portText = "", path = ""]) {
  const isSpecial = common.protocol in defaultPorts;
  if ((isSpecial && host === "") || /[\s<>^|%\\]/u.test(host) || Number(portText) > 65_535) return undefined;
  const at = user.indexOf(":");
  const port = portText === "" ? "" : String(Number(portText));
  return {
    ...common,
    username: encode(at < 0 ? user : user.slice(0, at)),
    password: at < 0 ? "" : encode(user.slice(at + 1)),
    hostname: isSpecial ? host.toLowerCase() : host,
    port: port === defaultPorts[common.protocol] ? "" : port,
    pathname: path === "" && !isSpecial ? "" : removeDots(encode(path || "/")),
  };
}

function format(parts, host) {
  const user = parts.username + (parts.password && `:${parts.password}`);
  const slashes = host === "" && parts.protocol !== "file:" ? "" : `//${user && `${user}@`}${host}`;
  return parts.protocol + slashes + parts.pathname + parts.search + parts.hash;
}

function decode(text) {
  const spaced = text.replaceAll("+", " ");
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}

function parseQuery(search) {
  const pairs = [];
  for (const part of search.slice(1).split("&")) {
    if (part === "") continue;
    const at = part.indexOf("=");
    pairs.push(at < 0 ? [decode(part), ""] : [decode(part.slice(0, at)), decode(part.slice(at + 1))]);
  }
  return pairs;
}

/** Read only; the names and texts of a query. */
class URLQuery {
  #pairs;
  constructor(search) {
    this.#pairs = parseQuery(`${search}`);
    Object.freeze(this);
  }
  get(name) {
    return this.getAll(name)[0] ?? null;
  }
  getAll(name) {
    return this.#pairs.filter(([one]) => one === `${name}`).map(([, text]) => text);
  }
  has(name) {
    return this.getAll(name).length > 0;
  }
  keys() {
    return this.#pairs.map(([name]) => name).values();
  }
  entries() {
    return this.#pairs.map(([name, text]) => [name, text]).values();
  }
  [Symbol.iterator]() {
    return this.entries();
  }
  toString() {
    return this.#pairs
      .map(([name, text]) => `${encodeURIComponent(name)}=${encodeURIComponent(text)}`)
      .join("&");
  }
}

class URL {
  constructor(reference, base) {
    const from = base === undefined ? undefined : new URL(base);
    const text = resolve(`${reference}`.trim(), from);
    const parts = text === undefined ? undefined : parse(text);
    if (parts === undefined) throw new TypeError("Invalid URL");
    const host = parts.hostname + (parts.port && `:${parts.port}`);
    const origin = parts.protocol in defaultPorts ? `${parts.protocol}//${host}` : "null";
    Object.assign(this, parts, { host, origin, href: format(parts, host) });
    this.searchParams = new URLQuery(parts.search);
    Object.freeze(this);
  }
  static canParse(reference, base) {
    try {
      return new URL(reference, base) !== undefined;
    } catch {
      return false;
    }
  }
  toString() {
    return this.href;
  }
  toJSON() {
    return this.href;
  }
}

module.exports = { URL };
