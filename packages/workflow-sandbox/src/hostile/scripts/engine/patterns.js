// Reaches out by the newest forms of patterns.
// expect: safe
// bites
const found = [];
for (const make of [() => /[\p{L}--[a-z]]/v, () => new RegExp("(?i:a)b"), () => new RegExp("(?<x>a)|(?<x>b)"), () => /(?<=a)b/dy, () => RegExp.escape?.("a.b")]) {
  try { const pattern = make(); if (powerOf(pattern)) found.push(String(make)); const match = typeof pattern === "string" ? null : "ab".match(pattern); if (match && (powerOf(match) || powerOf(match.groups) || powerOf(match.indices))) found.push("match"); } catch (error) { if (powerOf(error)) found.push("error"); }
}
class Odd extends RegExp { exec() { if (this.done) return null; this.done = true; return { index: 0, length: 1, get 0() { return agent; }, groups: { get x() { return agent; } } }; } }
try { "ab".replace(new Odd("a", "g"), "$<x>"); } catch {}
for (const call of [() => "a".matchAll(new Odd("a", "g")).next(), () => new Odd("a")[Symbol.split]("ab"), () => RegExp.prototype.compile?.call(/a/, "b")]) { try { if (powerOf(call())) found.push(String(call)); } catch {} }
return verdict(found);
