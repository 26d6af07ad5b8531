// Keeps numbers of many digits.
// expect: failed | limited:memory-limit | limited:cpu-limit
const kept = [];
for (let at = 1n; ; at++) kept.push((1n << 24n ** 1n) << (at + 2n ** 23n));
