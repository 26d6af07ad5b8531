// Throws and rejects after it has returned.
// expect: safe
setTimeout(() => { throw new Error("late"); }, 0);
Promise.reject(new Error("late"));
(async () => { await null; throw new Proxy({}, { get() { throw 1; } }); })();
return "safe";
