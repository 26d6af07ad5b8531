// Walks over everything that can be reached and looks for what is not frozen.
// expect: safe
// bites
const own = new Set([globalThis, args]);
const seen = new Set();
const open = [];
const pathOf = new Map();
function reach(value, path) {
  if ((typeof value !== "object" && typeof value !== "function") || value === null || seen.has(value) || own.has(value)) return;
  seen.add(value);
  pathOf.set(value, path);
  open.push(value);
}
for (const key of Reflect.ownKeys(globalThis)) reach(globalThis[key], String(key));
for (const [name, value] of Object.entries({ agent, parallel, pipeline, phase, log, budget, console, workflow, approve, setTimeout, clearTimeout, structuredClone, URL })) reach(value, name);
const hidden = [
  async () => 1, function* () {}, async function* () {}, [].values(), new Map().values(), new Set().values(), ""[Symbol.iterator](),
  "".matchAll(/a/g), [1].values().map((x) => x), Iterator.from({ next() {} }), Object.getPrototypeOf((async function* () {})()), Object.getPrototypeOf((function* () {})()),
];
for (const one of hidden) reach(Object.getPrototypeOf(one), "hidden");
const found = [];
while (open.length > 0) {
  const value = open.pop();
  const path = pathOf.get(value);
  if (!Object.isFrozen(value)) found.push(path);
  reach(Object.getPrototypeOf(value), `${path}.__proto__`);
  for (const key of Reflect.ownKeys(value)) {
    const { get, set, value: part } = Object.getOwnPropertyDescriptor(value, key);
    for (const one of [get, set, part]) reach(one, `${path}.${String(key)}`);
  }
}
if (seen.size < 300) found.push(`only ${seen.size} were seen`);
return verdict(found);
