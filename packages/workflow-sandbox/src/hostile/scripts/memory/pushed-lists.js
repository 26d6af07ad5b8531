// Grows a list of lists.
// expect: limited:memory-limit | limited:cpu-limit
const kept = [];
for (;;) kept.push(new Array(1e5).fill(kept.length));
