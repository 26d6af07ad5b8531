// Sends options that are nested a hundred thousand deep.
// expect: safe | failed
let deep = [];
for (let at = 0; at < 1e5; at++) deep = [deep];
for (const send of [() => agent("x", { deep }), () => log(deep), () => workflow("w", deep), () => console.log(deep)]) { try { await send(); } catch (error) { if (!(error instanceof Error)) return "ESCAPED"; } }
return "safe";
