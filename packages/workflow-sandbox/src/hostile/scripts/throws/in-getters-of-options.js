// Throws odd values while options are read.
// expect: safe
// bites
let caught = 0;
for (const one of [null, Symbol("s"), new Proxy({}, { get() { throw 2; } })]) { try { await agent("x", { get label() { throw one; } }); } catch (error) { if (error instanceof TypeError) caught++; } }
return caught === 3 ? "safe" : "ESCAPED";
