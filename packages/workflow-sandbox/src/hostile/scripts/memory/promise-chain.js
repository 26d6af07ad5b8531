// Chains promises without end.
// expect: failed | limited:memory-limit | limited:cpu-limit
let last = Promise.resolve();
for (;;) last = last.then(() => new Array(10));
