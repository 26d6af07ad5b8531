// Throws odd values in timers.
// expect: safe
for (const one of [null, undefined, Symbol("s"), new Proxy({}, { get() { throw 2; } }), { toString() { throw 1; } }]) setTimeout(() => { throw one; }, 0);
await new Promise((resolve) => setTimeout(resolve, 5));
return "safe";
