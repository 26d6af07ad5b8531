// Unites a set with something that never ends.
// expect: limited:cpu-limit | limited:memory-limit
const like = { size: 1, has: () => true, keys: () => ({ next: () => ({ done: false, value: 1 }) }) };
return new Set([1]).union(like).size;
