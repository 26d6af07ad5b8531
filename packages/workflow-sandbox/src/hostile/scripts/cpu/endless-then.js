// Promises that renew themselves.
// expect: limited:cpu-limit | limited:memory-limit
const again = () => Promise.resolve().then(again);
again();
await new Promise(() => 0);
