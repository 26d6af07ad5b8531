// Stands before every random script: looks at each value that comes up, and says at once what must not be there.
const say = log;
const { toString: textOf } = Function.prototype;
const { apply, ownKeys, getPrototypeOf, getOwnPropertyDescriptor } = Reflect;
const known = new Set();
// biome-ignore lint/correctness/noUnusedVariables: the scripts return it.
let lookCount = 0;

/** Everything that can be reached before the script begins. */
function learn() {
  const hidden = [
    async () => 1,
    function* () {},
    async function* () {},
    [].values(),
    new Map().values(),
    new Set().values(),
    ""[Symbol.iterator](),
    "".matchAll(/a/g),
    [1].values().map((x) => x),
    Iterator.from({ next() {} }),
    new URL("a://b/?c=d"),
    new URL("a://b/?c=d").searchParams,
  ];
  const open = [globalThis, agent, parallel, pipeline, phase, log, budget, console, workflow, approve];
  open.push(setTimeout, clearTimeout, structuredClone, URL, ...hidden);
  while (open.length > 0) {
    const one = open.pop();
    if ((typeof one !== "object" && typeof one !== "function") || one === null || known.has(one)) continue;
    known.add(one);
    open.push(getPrototypeOf(one));
    for (const key of ownKeys(one)) {
      const { get, set, value } = getOwnPropertyDescriptor(one, key);
      open.push(get, set, value);
    }
  }
}

/** What ses answers, anew each time, to whoever asks for prepareStackTrace. */
const noStackTrace = '()=>""';

/** Functions that are neither the script's, nor the language's, nor given. */
function isForeign(value) {
  if (typeof value !== "function" || known.has(value)) return false;
  const text = apply(textOf, value, []);
  return !text.includes("[native code]") && !text.includes('"own"') && text !== noStackTrace;
}

/** A proxy may say that it has everything: what counts is whether that is somebody else's. */
function leadsOut(value) {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return false;
  return outsideNames.some((name) => isForeign(value[name]) || isForeign(value[name]?.getBuiltinModule));
}

/** Returns what `work` comes to: a value, or what it threw. */
function see(work) {
  lookCount += 1;
  let value;
  try {
    value = work();
  } catch (error) {
    value = error;
  }
  try {
    if (leadsOut(value)) say("ESCAPED outside");
    if (isForeign(value)) say("ESCAPED function");
    if (makesCode(value?.constructor)) say("ESCAPED code");
  } catch {}
  return value;
}

/** Goes on where what should be called is no function. */
// biome-ignore lint/correctness/noUnusedVariables: the scripts call it.
function use(work, ...values) {
  return see(() => (typeof work === "function" ? work(...values) : work));
}

// biome-ignore lint/correctness/noUnusedVariables: the scripts call it.
function make(Type, ...values) {
  return see(() => (typeof Type === "function" ? new Type(...values) : Type));
}

learn();
