// Writes the names that it is given with escapes.
// expect: safe
const text = await \u0061gent("x");
const same = \u{61}gent === agent && globalThis["\x61gent"] === agent;
return same && text === "echo:x" ? "safe" : "ESCAPED";
