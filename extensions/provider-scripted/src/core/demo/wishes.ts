// What the demo understands of a user's words: a few phrases, no more.

export type Wish =
  | {
      readonly kind: "list";
      readonly path: string;
      readonly recursive: boolean;
      readonly largest: boolean;
      /** The largest file is to be read as well. */
      readonly readLargest: boolean;
    }
  | { readonly kind: "read"; readonly path: string }
  | { readonly kind: "search"; readonly pattern: string }
  | { readonly kind: "write"; readonly path: string; readonly content: string }
  | { readonly kind: "run"; readonly command: string };

const readCountMax = 4;
/** Phrases are short; some patterns take long over what is not. */
const lengthMax = 4_000;

/** The wishes in the order in which they are to be answered; none where nothing is understood. */
export function readWishes(words: string): readonly Wish[] {
  const said = words.trim();
  if (said.length > lengthMax) return [];
  const whole = wholeCommand(said);
  if (whole !== undefined) return [{ kind: "run", command: whole }];
  const write = writeWish(said);
  if (write !== undefined) return [write];
  const [runs, rest] = quotedCommands(said);
  const searches = searchWishes(rest);
  const list = searches.length > 0 ? undefined : listWish(rest);
  const reads = searches.length > 0 ? [] : readWishesOf(rest);
  return [...(list === undefined ? [] : [list]), ...reads, ...searches, ...runs];
}

const filePath = String.raw`(?:[\w.@~-]*\/)*(?:[\w@.-]*\.[A-Za-z]\w{0,9}|LICENSE|Makefile|Dockerfile)(?![\w/])`;
const quoted = "[\"'`“]([^\"'`”]+)[\"'`”]";

/** `!command` and `run command`, where that is all of the message. */
function wholeCommand(said: string): string | undefined {
  const bang = /^!\s*(\S[\s\S]*)$/.exec(said)?.[1];
  if (bang !== undefined) return bang.trim();
  const command = /^(?:please\s+)?(?:run|execute)\s+(?:the\s+(?:shell\s+)?command:?\s+)?([^"'`“\s].*)$/i.exec(
    said,
  )?.[1];
  return command === undefined || /^(?:the|my|all|an?|some|it|this)\b/i.test(command)
    ? undefined
    : command.trim();
}

/** The commands that are quoted behind "run", and the words without them. */
function quotedCommands(said: string): readonly [readonly Wish[], string] {
  const pattern = new RegExp(`\\b(?:run|execute)\\s+(?:the\\s+(?:shell\\s+)?command:?\\s+)?${quoted}`, "gi");
  const runs: Wish[] = [];
  const rest = said.replace(pattern, (_match, command: string) => {
    runs.push({ kind: "run", command: command.trim() });
    return "";
  });
  return [runs, rest];
}

function writeWish(said: string): Wish | undefined {
  const called = "(?:(?:a|the)\\s+)?(?:new\\s+)?(?:(?:text\\s+)?file\\s+)?(?:called\\s+|named\\s+)?";
  const path = `["'\`“]?(${filePath})["'\`”]?`;
  const that =
    "(?:\\s+(?:with|containing|that\\s+(?:says|contains)))(?:\\s+the)?(?:\\s+(?:words?|texts?|contents?|line))?:?\\s+([\\s\\S]+)";
  const first = new RegExp(`\\b(?:write|create|make|save)\\s+${called}${path}(?:${that})?`, "i").exec(said);
  if (first?.[1] !== undefined) return { kind: "write", path: first[1], content: unquoted(first[2] ?? "") };
  const last = new RegExp(
    `\\b(?:write|save|put)\\s+([\\s\\S]+?)\\s+(?:to|into|in)\\s+${called}${path}`,
    "i",
  ).exec(said);
  if (last?.[1] !== undefined && last[2] !== undefined)
    return { kind: "write", path: last[2], content: unquoted(last[1]) };
  return undefined;
}

function unquoted(text: string): string {
  const trimmed = text.trim();
  return /^["'`“]([\s\S]*)["'`”]\.?$/.exec(trimmed)?.[1] ?? trimmed;
}

function searchWishes(said: string): readonly Wish[] {
  const what = "(?:(?:the|a|every|all|any)\\s+)?(?:(?:word|text|string|phrase|pattern)s?\\s+)?";
  const inQuotes = new RegExp(`\\b(?:search|grep|find|look)\\b[^"'\`“]*${quoted}`, "i").exec(said)?.[1];
  const behindFor = new RegExp(`\\b(?:search|grep|look)\\b.*?\\bfor\\s+${what}([^\\s,;?]+)`, "i").exec(
    said,
  )?.[1];
  const behindWord = /\b(?:find|grep)\s+(?:the\s+)?(?:word|text|string|phrase|pattern)\s+([^\s,;?]+)/i.exec(
    said,
  )?.[1];
  const pattern = inQuotes ?? behindFor ?? behindWord;
  return pattern === undefined ? [] : [{ kind: "search", pattern: pattern.replace(/[.!]$/, "") }];
}

function listWish(said: string): Wish | undefined {
  const largest = /\b(?:largest|biggest)\b/i.test(said);
  const listing =
    /\b(?:list|ls|dir)\b/i.test(said) ||
    /\b(?:which|what|how many|show|see)\b[^.?!]*\b(?:files?|folders?|director(?:y|ies))\b/i.test(said);
  const namesFile = new RegExp(filePath).test(said);
  if (!largest && (!listing || namesFile)) return undefined;
  return {
    kind: "list",
    path: folderIn(said),
    recursive:
      /\brecursive(?:ly)?\b|\bsub-?(?:folders?|director)|\b(?:all|every)\s+(?:the\s+)?files?\b|\btree\b/i.test(
        said,
      ),
    largest,
    readLargest: largest && !namesFile && /\b(?:read|open|summari[sz]e|summary)\b/i.test(said),
  };
}

const notAFolder = new Set([
  "this",
  "here",
  "the",
  "my",
  "your",
  "current",
  "folder",
  "directory",
  "it",
  "there",
  "a",
]);

function folderIn(said: string): string {
  const named =
    /\b(?:in|of|under|inside)\s+(?:the\s+)?(?:(?:folder|directory)\s+)?["'`“]?([\w./~-]*[\w/~-]|\.)/gi;
  for (const [, name] of said.matchAll(named)) {
    if (name !== undefined && !notAFolder.has(name.toLowerCase())) return name;
  }
  return ".";
}

function readWishesOf(said: string): readonly Wish[] {
  if (
    !/\b(?:read|show|open|cat|print|summari[sz]e|summary|describe|explain|lines?|look|what|tell)\b/i.test(
      said,
    )
  )
    return [];
  const paths = new Set(said.match(new RegExp(filePath, "g")) ?? []);
  return [...paths].slice(0, readCountMax).map((path) => ({ kind: "read", path }));
}
