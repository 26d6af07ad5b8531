// Sets prepareStackTrace on every error class and prototype to be handed frames.
// expect: safe
// bites
const sites = [];
const take = (_, frames) => { sites[sites.length] = frames; return frames; };
class Mine extends Error {}
for (const owner of [Error, TypeError, RangeError, Error.prototype.constructor, Object.getPrototypeOf(TypeError), Mine, Object.prototype, Function.prototype, AggregateError]) {
  for (const put of [() => { owner.prepareStackTrace = take; }, () => Object.defineProperty(owner, "prepareStackTrace", { value: take, configurable: true }), () => { owner.stackTraceLimit = 1e6; }]) {
    try { put(); } catch {}
  }
}
for (const make of [() => new Error("a"), () => new Mine("b"), () => null.x, () => new TypeError("c"), () => JSON.parse("{"), () => agent()]) {
  try {
    const error = make();
    void error.stack;
    if (error instanceof Promise) await error;
  } catch (error) { void error.stack; }
}
return verdict(sites.length > 0 ? ["frames"] : []);
