// Defines accessors by the old methods of objects.
// expect: safe
// bites
const found = [];
for (const owner of [Object.prototype, Array.prototype, agent, budget, Promise.prototype]) {
  for (const define of [(o) => o.__defineGetter__("polluted", () => 1), (o) => o.__defineSetter__("0", () => 1), (o) => ({}).__defineGetter__.call(o, "polluted", () => 1)]) {
    try {
      define(owner);
    } catch {}
  }
  if (owner.polluted === 1) found.push("polluted");
  try {
    if (powerOf(owner.__lookupGetter__("__proto__"))) found.push("getter");
  } catch {}
}
return verdict(found);
