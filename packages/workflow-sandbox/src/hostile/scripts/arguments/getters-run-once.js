// Counts how often the getters of options are read, F2s.
// expect: safe
let reads = 0;
await agent("x", { get model() { reads++; return "m"; }, get label() { reads += 100; return "l"; } });
return reads === 101 ? "safe" : `ESCAPED ${reads}`;
