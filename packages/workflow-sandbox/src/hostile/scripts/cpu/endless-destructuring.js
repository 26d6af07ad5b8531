// Destructures an iterator without end.
// expect: limited:cpu-limit | limited:memory-limit
const [...all] = { *[Symbol.iterator]() { for (;;) yield; } };
return all.length;
