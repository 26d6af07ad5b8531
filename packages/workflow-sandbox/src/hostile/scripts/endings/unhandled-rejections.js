// Leaves rejections of every kind unhandled, F4s.
// expect: safe
Promise.reject(new Error("nobody"));
Promise.reject();
Promise.reject(Symbol("s"));
Promise.reject(new Proxy({}, { get() { throw 1; }, getPrototypeOf() { throw 2; } }));
new Promise((_, reject) => reject({ get message() { throw 1; }, get stack() { throw 2; } }));
(async () => { throw null; })();
(async function* () { throw agent; })().next();
agent("ERR");
workflow("ERR");
parallel(1);
await agent("x");
await agent("y");
return "safe";
