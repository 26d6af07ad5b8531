// Uses the newest methods of texts and lists on odd receivers.
// expect: safe
// bites
const found = [];
for (const [owner, keys] of [[String.prototype, ["isWellFormed", "toWellFormed", "at", "replaceAll", "matchAll", "normalize"]], [Array.prototype, ["findLast", "findLastIndex", "toSorted", "toSpliced", "with", "at", "flat", "entries"]]]) {
  for (const key of keys) for (const receiver of [agent, globalThis, console, { length: 2, 0: agent }, new Proxy([agent], {})]) { try { if (powerOf(owner[key].call(receiver, 0, 0))) found.push(key); } catch (error) { if (powerOf(error)) found.push("error"); } }
}
return verdict(found);
