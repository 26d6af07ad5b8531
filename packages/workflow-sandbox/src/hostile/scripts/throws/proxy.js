// Throws a proxy whose traps all throw.
// expect: failed:script-error
throw new Proxy({}, new Proxy({}, { get() { return () => { throw new Error("trap"); }; } }));
