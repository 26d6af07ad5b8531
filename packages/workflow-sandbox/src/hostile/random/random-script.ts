// A grammar of scripts that use what they are given in every wrong way. What they come to is looked at by `see`, which
// the prelude of random scripts defines.
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { prelude, withMeta } from "../load-scripts.ts";

const randomPrelude = readFileSync(new URL("./random-prelude.js", import.meta.url), "utf8");

const words = (text: string): fc.Arbitrary<string> => fc.constantFrom(...text.trim().split(/\s+/));

const given = words(
  "agent parallel pipeline phase log budget console workflow approve setTimeout clearTimeout structuredClone URL args",
);
const builtIns =
  words(`globalThis Object Function Array String Number Boolean Symbol BigInt Promise Proxy Reflect Map Set WeakMap
  WeakSet RegExp Date Math JSON Error TypeError RangeError AggregateError Iterator isNaN parseInt decodeURI undefined this
  process require arguments eval Intl`);
const locals = words("a b c");
const literals = fc.constantFrom(
  ...[
    '""',
    '"x"',
    '"constructor"',
    '"__proto__"',
    '"JSON:{}"',
    '"ERR"',
    "0",
    "1",
    "-1",
    "2**31",
    "NaN",
    "1n",
    "null",
    "true",
  ],
  ...[
    "/a+/g",
    "[]",
    "{}",
    "[1,,2]",
    "`t`",
    'Symbol("s")',
    "Symbol.iterator",
    "Symbol.species",
    "Symbol.toPrimitive",
  ],
);
const keys =
  words(`constructor prototype __proto__ then catch finally call apply bind caller arguments name length message stack
  cause errors toString valueOf toJSON hasOwnProperty __defineGetter__ __lookupGetter__ get set next return throw value done
  spent remaining total log then resolve reject all race any from of map flatMap entries keys values concat slice sort
  defineProperty setPrototypeOf getPrototypeOf getOwnPropertyDescriptors ownKeys construct raw stringify parse matchAll replace
  split exec groupBy fromAsync withResolvers captureStackTrace prepareStackTrace searchParams href now random isError polluted`);
const symbols =
  words(`iterator asyncIterator species toPrimitive toStringTag hasInstance isConcatSpreadable unscopables match
  replace split dispose asyncDispose`);
const traps =
  words(`get set has deleteProperty ownKeys getOwnPropertyDescriptor defineProperty getPrototypeOf setPrototypeOf
  isExtensible preventExtensions apply construct`);
const operators = words("+ - * ** / % == === < in instanceof ?? && || ,");

const { expression } = fc.letrec<{ expression: string; list: string; body: string }>((tie) => {
  const part = tie("expression");
  const list = tie("list");
  return {
    expression: fc.oneof(
      { maxDepth: 5, depthIdentifier: "expression", withCrossShrink: true },
      { weight: 3, arbitrary: fc.oneof(given, locals, builtIns, literals) },
      { weight: 4, arbitrary: join`(${part})?.${keys}` },
      { weight: 1, arbitrary: join`(${part})[Symbol.${symbols}]` },
      { weight: 1, arbitrary: join`(${part})?.[${part}]` },
      { weight: 2, arbitrary: join`(${part}).${keys}(${list})` },
      { weight: 4, arbitrary: join`use(${part}, ${list})` },
      { weight: 3, arbitrary: join`use((${part})?.${keys}, ${list})` },
      { weight: 2, arbitrary: join`make(${part}, ${list})` },
      { weight: 2, arbitrary: join`see(() => (${part}))` },
      {
        weight: 1,
        arbitrary: join`(await see(() => (${part})))`.map(
          (text) => `(async () => { "own"; return ${text}; })()`,
        ),
      },
      { weight: 1, arbitrary: join`((${part}) ${operators} (${part}))` },
      { weight: 1, arbitrary: join`(() => { "own"; ${tie("body")} })` },
      { weight: 1, arbitrary: join`(function (x) { "own"; see(() => this); see(() => x); ${tie("body")} })` },
      { weight: 1, arbitrary: join`(async () => { "own"; ${tie("body")} })` },
      { weight: 1, arbitrary: join`(function* () { "own"; yield ${part}; yield* ${part}; })` },
      {
        weight: 1,
        arbitrary: join`(class extends (${part}) { static own = "own"; constructor() { super(${list}); } static get [Symbol.species]() { return ${part}; } })`,
      },
      {
        weight: 1,
        arbitrary: join`({ get ${keys}() { "own"; return ${part}; }, ${keys}: ${part}, [${part}]: ${part}, ...(${part}) })`,
      },
      {
        weight: 1,
        arbitrary: join`({ then(resolve, reject) { "own"; see(() => resolve); see(() => this); resolve(${part}); reject(${part}); } })`,
      },
      {
        weight: 1,
        arbitrary: join`({ toJSON() { "own"; return ${part}; }, toString() { "own"; return ${part}; } })`,
      },
      {
        weight: 1,
        arbitrary: join`new Proxy(${part}, { ${traps}(...x) { "own"; see(() => this); return ${part}; }, ${traps}: ${part} })`,
      },
      { weight: 1, arbitrary: join`((${part})\`x\${${part}}\`)` },
      { weight: 1, arbitrary: join`[${list}, ...(${part})]` },
      {
        weight: 1,
        arbitrary: join`Reflect.${words("apply construct get set ownKeys")}(${part}, ${part}, ${part})`,
      },
      {
        weight: 1,
        arbitrary: join`Object.defineProperty(${part}, ${part}, { get: ${part}, configurable: true })`,
      },
      { weight: 1, arbitrary: join`Object.setPrototypeOf(${part}, ${part})` },
    ),
    list: fc.array(part, { maxLength: 3, depthIdentifier: "expression" }).map((some) => some.join(", ")),
    body: fc.oneof(
      join`return ${part};`,
      join`see(() => ${part}); throw ${part};`,
      join`try { return ${part}; } finally { see(() => ${part}); }`,
    ),
  };
});

const statement = fc.oneof(
  { weight: 6, arbitrary: join`${locals} = see(() => ${expression});` },
  { weight: 3, arbitrary: join`see(() => (${expression}).${keys} = ${expression});` },
  { weight: 1, arbitrary: join`see(() => delete (${expression}).${keys});` },
  { weight: 2, arbitrary: join`${locals} = await see(() => ${expression});` },
  {
    weight: 1,
    arbitrary: join`for (const one of see(() => ${expression})) { see(() => one); if (lookCount > 500) break; }`,
  },
  {
    weight: 1,
    arbitrary: join`for await (const one of see(() => ${expression})) { see(() => one); if (lookCount > 500) break; }`,
  },
  {
    weight: 1,
    arbitrary: join`for (const key in see(() => ${expression})) { see(() => (${expression})[key]); }`,
  },
  {
    weight: 1,
    arbitrary: join`const { ${keys}: x = ${expression}, ...rest } = see(() => ${expression}); see(() => x); see(() => rest);`,
  },
);

/** A piece of a script that ends by itself where nothing in it goes on without end. */
export const piece: fc.Arbitrary<string> = fc
  .array(statement, { minLength: 1, maxLength: 6 })
  .map((some) => `async () => { "own";\n${some.map((one) => `  { ${one} }`).join("\n")}\n}`);

const ownNames = 'let a = {};\nlet b = [1, 2];\nlet c = (x) => { "own"; return x; };\n';

/** A script of pieces that run one after another; what one of them throws is looked at and does not stop the next. */
export function toScript(pieces: readonly string[]): string {
  const runs = pieces.map((one) => `await run(${one});`).join("\n");
  const run = "const run = async (one) => { try { await one(); } catch (error) { see(() => error); } };";
  return withMeta(`${prelude}${randomPrelude}${ownNames}${run}\n${runs}\nreturn \`safe \${lookCount}\`;\n`);
}

/** Signs that change what the text around them is. */
const signs = fc.constantFrom(
  ...[
    "}",
    "{",
    ")",
    "(",
    "})",
    "});",
    "({",
    "]",
    "`",
    "${",
    "'",
    '"',
    "\\",
    "/*",
    "*/",
    "//",
    "<!--",
    "-->",
    "/",
    ";",
    "\n",
  ],
  ...[
    "\u2028",
    "\r",
    "import(",
    "import.meta",
    "eval(",
    "async",
    "await ",
    "yield ",
    "=>",
    "return ",
    "...",
    "#",
    "@",
    "\\u0061",
    "\ufeff",
  ],
);

/** Says what `this` is in a function: in code that got out of its own it would be the global object of the host. */
export const victim: string = readFileSync(new URL("./victim.js", import.meta.url), "utf8");

const objectVictim = readFileSync(new URL("./victim-object.js", import.meta.url), "utf8");

/** A small script of either form, into which signs were put at random places. */
export const brokenScript: fc.Arbitrary<string> = fc.oneof(
  broken(victim).map(withMeta),
  broken(objectVictim),
);

function broken(whole: string): fc.Arbitrary<string> {
  const places = fc.array(fc.tuple(fc.nat(whole.length), signs), { minLength: 1, maxLength: 4 });
  return places.map((insertions) => {
    let text = whole;
    for (const [at, sign] of insertions) text = text.slice(0, at) + sign + text.slice(at);
    return text;
  });
}

/** The texts of the parts, joined as they stand. */
function join(texts: TemplateStringsArray, ...parts: readonly fc.Arbitrary<string>[]): fc.Arbitrary<string> {
  return fc.tuple(...parts).map((made) => String.raw({ raw: texts }, ...made));
}
