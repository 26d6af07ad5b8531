// Collects a generator that never ends.
// expect: failed | limited:memory-limit | limited:cpu-limit
return Array.from((function* () { for (;;) yield { value: new Array(30) }; })()).length;
