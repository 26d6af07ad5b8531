// Sends prompts beyond the limit.
// expect: safe
let refused = 0;
for (const prompt of ["p".repeat(5e6), "\u00e4".repeat(150 * 1024), "p".repeat(200 * 1024 + 1)]) { try { await agent(prompt); } catch (error) { if (error instanceof RangeError) refused++; } }
return refused === 3 ? "safe" : "ESCAPED";
