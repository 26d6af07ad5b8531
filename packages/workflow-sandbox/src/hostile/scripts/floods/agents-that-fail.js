// Goes on after every failure without end.
// expect: safe
let count = 0;
for (;;) { try { await agent("ERR"); } catch (error) { if (++count > 1000) return error instanceof RangeError ? "safe" : "ESCAPED"; } }
