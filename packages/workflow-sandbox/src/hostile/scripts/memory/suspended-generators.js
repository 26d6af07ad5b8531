// Keeps generators that are suspended.
// expect: failed | limited:memory-limit | limited:cpu-limit
const kept = [];
for (;;) { const one = (function* (list) { yield list; })(new Array(50)); one.next(); kept.push(one); }
