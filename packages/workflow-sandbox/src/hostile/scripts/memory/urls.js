// Keeps addresses with endless queries.
// expect: failed | limited:memory-limit | limited:cpu-limit
const query = "a=b&".repeat(2e4);
const kept = [];
for (;;) kept.push(new URL(`https://example.org/?${query}`));
