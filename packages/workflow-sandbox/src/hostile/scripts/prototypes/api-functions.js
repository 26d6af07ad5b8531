// Adds to and changes the functions that a script is given.
// expect: safe
// bites
const parts = [];
for (const owner of [agent, parallel, pipeline, phase, log, budget, console, workflow, approve, setTimeout, URL, URL.prototype, structuredClone]) parts.push(await patched(owner, ["name", "length", "call", "then", "total", "spent", "remaining", "log", "prototype", "constructor", "hit"], () => "evil"));
return parts.every((one) => one === "safe") ? "safe" : `ESCAPED ${parts}`;
