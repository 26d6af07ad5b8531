// Waits for a promise that waits for itself.
// expect: failed
const own = (async () => { await null; return await own; })();
await own;
