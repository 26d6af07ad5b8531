// Closes iterators in odd ways while built-ins and the host go through them.
// expect: safe
const found = [];
const odd = (value) => ({ [Symbol.iterator]() { return { next: () => ({ done: false, value }), get return() { return () => { throw agent; }; } }; } });
for (const use of [() => { for (const one of odd(1)) { void one; throw 1; } }, () => { const [a] = odd(1); return a; }, () => new Map(odd(1)), () => Object.fromEntries(odd(1)), () => Promise.all.call(function (start) { start(() => 0, () => 0); }, odd(1)), () => Iterator.from(odd(1)).take(1).toArray(), () => Iterator.from(odd(1)[Symbol.iterator]()).flatMap(() => { throw 2; }).next(), () => new Set([1]).isSupersetOf({ size: 1, has: () => true, keys: () => odd(2)[Symbol.iterator]() })]) {
  try { if (powerOf(await use())) found.push(String(use)); } catch (error) { if (error !== agent && powerOf(error)) found.push(String(use)); }
}
return verdict(found);
