// Character references of HTML, such as `&lt;` and `&#39;`, told as the characters that they name.

const named: ReadonlyMap<string, string> = new Map(
  Object.entries({
    amp: "&",
    lt: "<",
    gt: ">",
    quot: '"',
    apos: "'",
    nbsp: "\u00a0",
    ensp: "\u2002",
    emsp: "\u2003",
    thinsp: "\u2009",
    ndash: "–",
    mdash: "—",
    hellip: "…",
    bull: "•",
    middot: "·",
    lsquo: "‘",
    rsquo: "’",
    ldquo: "“",
    rdquo: "”",
    laquo: "«",
    raquo: "»",
    times: "×",
    divide: "÷",
    plusmn: "±",
    minus: "−",
    le: "≤",
    ge: "≥",
    ne: "≠",
    asymp: "≈",
    deg: "°",
    micro: "µ",
    copy: "©",
    reg: "®",
    trade: "™",
    euro: "€",
    pound: "£",
    sect: "§",
    larr: "←",
    rarr: "→",
    uarr: "↑",
    darr: "↓",
    harr: "↔",
    rArr: "⇒",
    check: "✓",
    cross: "✗",
    Tab: "\t",
    NewLine: "\n",
    colon: ":",
    sol: "/",
    lpar: "(",
    rpar: ")",
  }),
);

const reference = /&(?:#(\d{1,7})|#[xX]([\da-fA-F]{1,6})|([A-Za-z]{2,8}));/g;

/**
 * `text` with its character references resolved, once. Numbers are complete; of the names those that people write are
 * known, any other stays as it is written. A number that names no character becomes U+FFFD.
 */
export function resolveReferences(text: string): string {
  if (!text.includes("&")) return text;
  return text.replace(reference, (written, decimal?: string, hexadecimal?: string, name?: string) => {
    if (name !== undefined) return named.get(name) ?? written;
    return characterAt(
      decimal === undefined ? Number.parseInt(hexadecimal ?? "", 16) : Number.parseInt(decimal, 10),
    );
  });
}

function characterAt(codePoint: number): string {
  const isSurrogate = codePoint >= 0xd800 && codePoint <= 0xdfff;
  if (codePoint === 0 || codePoint > 0x10ffff || isSurrogate) return "\ufffd";
  return String.fromCodePoint(codePoint);
}
