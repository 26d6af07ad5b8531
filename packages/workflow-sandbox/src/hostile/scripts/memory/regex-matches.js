// Keeps every match of a pattern with many groups.
// expect: failed | limited:memory-limit | limited:cpu-limit
const pattern = /(?<a>.)(?<b>.)(?<c>.)(?<d>.)(?<e>.)(?<f>.)/gs;
const kept = [];
for (;;) kept.push([..."abcdef".repeat(2e4).matchAll(pattern)]);
