// Reaches out by errors that the engine makes.
// expect: safe
// bites
const found = [];
for (const cause of [() => null.x, () => undefined(), () => new (() => 1)(), () => JSON.parse("["), () => JSON.stringify(1n), () => new RegExp("(", "v"), () => new Array(-1), () => "x".repeat(-1), () => decodeURIComponent("%"), () => Symbol() + "", () => 1n + 1, () => BigInt(1.5), () => [].reduce((a) => a), () => Reflect.construct(1), () => new Proxy({}, null), () => class extends 5 {}, () => Object.defineProperty(Object.freeze({}), "a", {}), () => ({}) in 1, () => { const cyclic = {}; cyclic.a = cyclic; JSON.stringify(cyclic); }]) {
  try {
    cause();
  } catch (error) {
    if (powerOf(error) || powerOf(Object.getPrototypeOf(error)) || !(error instanceof Error)) found.push(String(cause));
  }
}
return verdict(found);
