// Puts a proxy behind globalThis to see or answer look-ups.
// expect: safe
// bites
const seen = [];
try {
  Object.setPrototypeOf(globalThis, new Proxy({}, { has(_, key) { seen.push(key); return key === "process"; }, get(_, key) { seen.push(key); return undefined; } }));
} catch {}
const found = [];
if (typeof process !== "undefined") found.push("process");
if ((await agent("x")) !== "echo:x") found.push("answer");
return verdict(found);
