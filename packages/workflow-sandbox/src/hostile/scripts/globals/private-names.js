// Stamps private names onto borrowed objects.
// expect: safe
class Give { constructor(one) { return one; } }
class Stamp extends Give { #mark = 1; static has(one) { return #mark in one; } }
const stamped = [];
for (const one of [agent, budget, console, Promise.prototype, Object.prototype, globalThis, URL]) {
  try { new Stamp(one); if (Stamp.has(one)) stamped.push(one); } catch {}
}
return (await agent("x")) === "echo:x" ? "safe" : "ESCAPED";
