// Clones what grows.
// expect: failed | limited:memory-limit | limited:cpu-limit
let value = { list: [1, 2, 3] };
for (;;) value = { one: structuredClone(value), two: structuredClone(value) };
