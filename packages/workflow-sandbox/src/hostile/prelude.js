// Stands before every hostile script: how it finds out that it has reached what it must not.

/** Names that only hosts have. */
const outsideNames = [
  "process",
  "require",
  "mainModule",
  "getBuiltinModule",
  "Buffer",
  "binding",
  "dlopen",
  "createRequire",
  "setImmediate",
];

function isOutside(value) {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return false;
  for (const name of outsideNames) {
    try {
      if (value[name] !== undefined && value[name] !== null) return true;
    } catch {}
  }
  return false;
}

/** A function whose text was given when the script ran. */
function madeFromText(made) {
  try {
    return typeof made === "function" && Function.prototype.toString.call(made).includes("6*7");
  } catch {
    return false;
  }
}

/** Whether code comes out where text goes in. */
function makesCode(maker) {
  if (typeof maker !== "function") return false;
  for (const make of [
    () => maker("return 6*7"),
    () => new maker("return 6*7"),
    () => Reflect.construct(maker, ["a", "return 6*7"]),
  ]) {
    try {
      if (madeFromText(make())) return true;
    } catch {}
  }
  return false;
}

/** What a value is good for that no value of a script may be good for; "" for nothing. */
// biome-ignore lint/correctness/noUnusedVariables: the scripts call it.
function powerOf(value) {
  if (value === undefined || value === null) return "";
  if (isOutside(value)) return "outside";
  for (const read of [
    () => value.constructor,
    () => value.constructor.constructor,
    () => Object.getPrototypeOf(Object(value)).constructor,
  ]) {
    let maker;
    try {
      maker = read();
    } catch {}
    if (isOutside(maker)) return "outside";
    if (makesCode(maker)) return "code";
  }
  return "";
}

function verdict(found) {
  return found.length === 0 ? "safe" : `ESCAPED ${found.map(String).join()}`;
}

/** Puts something else at each of the keys, by every way to do so, and asks whether anybody noticed. */
// biome-ignore lint/correctness/noUnusedVariables: the scripts call it.
async function patched(owner, keys, replacement) {
  const found = [];
  const before = await agent("before");
  const list = await parallel([() => agent("a"), async () => 1]);
  for (const key of keys) {
    const held = Object.getOwnPropertyDescriptor(owner, key);
    for (const put of [
      () => {
        owner[key] = replacement;
      },
      () => Object.defineProperty(owner, key, { value: replacement, configurable: true, writable: true }),
      () => Object.defineProperty(owner, key, { get: () => replacement, configurable: true }),
      () => Reflect.set(owner, key, replacement),
      () => {
        delete owner[key];
      },
    ]) {
      try {
        put();
      } catch {}
      const now = Object.getOwnPropertyDescriptor(owner, key);
      if (now?.value === held?.value && now?.get === held?.get) continue;
      return `ESCAPED ${String(key)} was changed`;
    }
  }
  const after = await agent("before");
  const again = await parallel([() => agent("a"), async () => 1]);
  log("after");
  if (after !== before || again[0] !== list[0] || again[1] !== list[1])
    found.push("the host does something else");
  if (globalThis.stolen !== undefined) found.push("the host handed something over");
  return verdict(found);
}
