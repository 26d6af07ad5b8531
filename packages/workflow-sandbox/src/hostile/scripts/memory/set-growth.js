// Grows a set of texts without end.
// expect: failed | limited:memory-limit | limited:cpu-limit
const set = new Set();
for (let at = 0; ; at++) set.add(`key ${at} ${"x".repeat(100)}`);
