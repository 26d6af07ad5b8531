// Guesses the names that the compiler adds.
// expect: safe
const found = [];
for (const one of [typeof $a0000, typeof $w0000, typeof $e0000, typeof \u0024a0000, typeof $export, typeof $a0001, typeof $w0001]) if (one !== "undefined") found.push(one);
try { $a0000("x"); found.push("called"); } catch (error) { if (!(error instanceof ReferenceError)) found.push(String(error)); }
return verdict(found);
