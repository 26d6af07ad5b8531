// Doubles a list by concat.
// expect: failed | limited:memory-limit | limited:cpu-limit
let list = [{}, {}, {}];
for (;;) list = list.concat(list);
