// Sends options beyond the limit: long, wide, deep.
// expect: safe
let deep = {};
for (let at = 0; at < 200; at++) deep = { deep };
let refused = 0;
for (const options of [{ text: "o".repeat(5e6) }, Object.fromEntries(Array.from({ length: 1e5 }, (_, at) => [`k${at}`, at])), deep]) { try { await agent("x", options); } catch (error) { if (error instanceof RangeError) refused++; } }
return refused === 3 ? "safe" : `ESCAPED ${refused}`;
