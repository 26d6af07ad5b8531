// Throws an error whose name and message are no texts.
// expect: failed:script-error
const error = new TypeError("x");
error.name = Symbol("n");
Object.defineProperty(error, "message", { get: () => ({ toString: () => "evil" }) });
throw error;
