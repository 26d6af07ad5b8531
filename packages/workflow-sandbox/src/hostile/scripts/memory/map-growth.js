// Grows a map without end.
// expect: failed | limited:memory-limit | limited:cpu-limit
const map = new Map();
for (let at = 0; ; at++) map.set(at, [at]);
