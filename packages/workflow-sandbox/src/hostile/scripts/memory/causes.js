// Chains errors by their causes without end.
// expect: failed | limited:memory-limit | limited:cpu-limit
let error = new Error("x");
for (;;) error = new Error("y".repeat(100), { cause: [error, new Array(20)] });
