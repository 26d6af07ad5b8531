// Fills sparse lists here and there.
// expect: failed | limited:memory-limit | limited:cpu-limit
const kept = [];
for (let at = 0; ; at++) { const list = []; list[at * 7919 % 4e9] = at; list.length = 4e9; kept.push(list, Object.keys(list)); }
