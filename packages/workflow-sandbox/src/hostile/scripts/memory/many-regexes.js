// Makes patterns without end.
// expect: failed | limited:memory-limit | limited:cpu-limit
const kept = [];
for (let at = 0; ; at++) { const one = new RegExp(`(a{${at % 1000}}|b${at}){0,50}`.repeat(20)); one.test("ab"); kept.push(one); }
