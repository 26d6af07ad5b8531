// Sets timers with odd delays, values and ids.
// expect: safe
// bites
const found = [];
for (const delay of [NaN, -1, Infinity, -Infinity, "1", null, {}, [], 1e300, { valueOf: () => 1 }]) {
  const id = setTimeout(() => 0, delay);
  if (typeof id !== "number") found.push(typeof id);
  clearTimeout(id);
}
for (const delay of [1n, Symbol("s"), { valueOf() { throw new Error("v"); } }]) { try { clearTimeout(setTimeout(() => 0, delay)); } catch (error) { if (!(error instanceof Error)) found.push("error"); } }
for (const id of [undefined, null, -1, 0, 1e9, NaN, {}, "1", Symbol("s"), new Proxy({}, { get() { found.push("read"); } })]) clearTimeout(id);
return verdict(found);
