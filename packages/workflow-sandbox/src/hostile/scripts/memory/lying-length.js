// Copies list-likes that lie about their length.
// expect: failed | limited:memory-limit | limited:cpu-limit
const liar = { length: 2 ** 32 - 1, 0: 1 };
const kept = [];
for (const copy of [() => Array.prototype.toReversed.call(liar), () => Array.prototype.with.call(liar, 0, 2), () => Array.prototype.toSpliced.call(liar, 0, 0), () => Array.from(liar), () => Array.prototype.toSorted.call(liar)]) kept.push(copy());
return kept.length;
