// Makes the engine read names and messages that run code while it builds a stack.
// expect: safe
const found = [];
class Odd extends Error { get name() { found.push("name"); return "n"; } get message() { found.push("message"); return "m"; } static get stackTraceLimit() { found.push("limit"); return 1; } }
for (const Type of [Odd]) {
  try { throw new Type(); } catch {}
  new Type("x", { get cause() { return 1; } });
}
Promise.reject(new Odd()).catch(() => 0);
return verdict(found.filter((one) => one === "limit"));
