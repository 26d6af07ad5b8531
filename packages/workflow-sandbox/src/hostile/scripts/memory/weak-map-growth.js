// Grows a weak map whose keys are kept.
// expect: failed | limited:memory-limit | limited:cpu-limit
const map = new WeakMap();
const keys = [];
for (let at = 0; ; at++) { const key = { at }; keys.push(key); map.set(key, new Array(50).fill(at)); }
