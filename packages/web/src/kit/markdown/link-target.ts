// Decides whether a destination written by a model may become a link, and what a reader must be told about it.

/** A destination that may be opened, as an absolute URL, and the short name under which it is shown. */
export interface LinkTarget {
  readonly href: string;
  /** The host with its port, or the address of a `mailto:`. */
  readonly place: string;
}

const openedSchemes: readonly string[] = ["http:", "https:", "mailto:"];
// A browser drops tabs and line ends inside of a scheme. Whatever is invisible is dropped here before looking at it.
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
const invisible = /[\s\u0000-\u0020\u007f-\u00a0\u00ad\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff]/g;

/** The target of `destination`, or `undefined` for anything but an absolute http, https or mailto URL. */
export function linkTarget(destination: string): LinkTarget | undefined {
  const seen = destination.replace(invisible, "");
  if (!/^(?:https?:\/\/|mailto:)[^/]/i.test(seen)) return undefined;
  const url = URL.parse(destination.trim()) ?? URL.parse(seen);
  if (url === null || !openedSchemes.includes(url.protocol)) return undefined;
  if (url.protocol === "mailto:") return { href: url.href, place: readable(url.pathname) };
  return { href: url.href, place: url.host };
}

function readable(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

const hostLike = /(?:[\p{L}\p{N}_-]+\.)+[\p{L}\p{N}-]{2,}/gu;
const addressLike = /[^\s@]+@[^\s@]+/;

/**
 * What has to stand beside a link because its text names another place than it goes to, or `undefined`.
 *
 * `label` is the visible text. `www.` makes no difference.
 */
export function undisclosedPlace(label: string, target: LinkTarget): string | undefined {
  const visible = label.replace(invisible, "").slice(0, 2_000);
  const isAddress = target.href.startsWith("mailto:");
  if (isAddress && addressLike.test(visible)) {
    return visible.includes(target.place) ? undefined : target.place;
  }
  const hosts = visible.match(hostLike);
  if (hosts === null) return undefined;
  const goesTo = bareHost(target.place);
  const tellsIt = !isAddress && hosts.length === 1 && hostOf(hosts[0] ?? "") === goesTo;
  return tellsIt || startsWithTarget(visible, goesTo) ? undefined : target.place;
}

// The text of a bare URL may name further hosts in its path or query: its own host is what counts.
function startsWithTarget(visible: string, goesTo: string): boolean {
  const url = /^https?:\/\//i.test(visible) ? URL.parse(visible) : null;
  return url !== null && bareHost(url.host) === goesTo;
}

function hostOf(name: string): string {
  return bareHost(URL.parse(`https://${name}`)?.host ?? name);
}

function bareHost(host: string): string {
  return host
    .toLowerCase()
    .replace(/^www\./, "")
    .replace(/:\d+$/, "");
}
