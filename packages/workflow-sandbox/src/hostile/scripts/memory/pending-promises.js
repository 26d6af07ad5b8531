// Keeps promises that wait for ever.
// expect: failed | limited:memory-limit | limited:cpu-limit
const kept = [];
for (;;) kept.push(new Promise(() => 0).then(() => kept));
