// Clones what is nested a million deep.
// expect: safe
let value = [];
for (let at = 0; at < 1e6; at++) value = [value];
try { structuredClone(value); } catch (error) { return error instanceof Error ? "safe" : "ESCAPED"; }
return "ESCAPED";
