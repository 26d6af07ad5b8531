// Declares classes without end, each derived from the one before.
// expect: failed | limited:memory-limit | limited:cpu-limit
let Last = class {};
const kept = [];
for (;;) { const Before = Last; Last = class extends Before { static held = new Array(20); one() {} two() {} }; kept.push(Last); }
