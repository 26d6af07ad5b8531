// Binds functions to bound functions without end.
// expect: failed | limited:memory-limit | limited:cpu-limit
let last = (...values) => values.length;
const kept = [];
for (;;) { last = last.bind(null, 1, 2, 3, 4, 5, 6, 7, 8); kept.push(last); }
