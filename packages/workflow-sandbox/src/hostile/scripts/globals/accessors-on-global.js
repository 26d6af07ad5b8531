// Lays accessors for names that the host may read on globalThis.
// expect: safe
// bites
const found = [];
for (const name of ["process", "require", "Buffer", "then", "toJSON", "setImmediate", "prepareStackTrace", "__proto__", "workflow", "structuredClone"]) {
  try { Object.defineProperty(globalThis, name, { get() { found.push(name); return undefined; }, configurable: true }); } catch {}
}
await agent("x");
log("x");
await parallel([() => agent("y")]);
return verdict(found);
