// Throws what pretends to be an error.
// expect: failed:script-error
class Pretend { static [Symbol.hasInstance]() { return true; } }
throw Object.setPrototypeOf({ message: "m" }, new Proxy(Error.prototype, { getPrototypeOf() { throw 1; }, get() { throw 2; } })) ?? Pretend;
