// Writes deep JSON with indentation.
// expect: failed | limited:cpu-limit | limited:memory-limit
let value = [];
for (let at = 0; at < 4000; at++) value = [value, at];
const kept = [];
for (;;) kept.push(JSON.stringify(value, null, 10));
