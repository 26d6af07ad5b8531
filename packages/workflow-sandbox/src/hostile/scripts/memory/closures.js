// Chains closures without end.
// expect: failed | limited:memory-limit | limited:cpu-limit
let last = () => 0;
for (;;) { const before = last; const held = new Array(20).fill(before); last = () => held; }
