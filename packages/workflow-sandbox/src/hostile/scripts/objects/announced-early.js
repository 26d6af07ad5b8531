// Calls the function by which the object form announces itself.
// expect: failed | rejected | safe
export const workflow = { name: "hostile", description: "d", async run() { return "safe"; } };
for (const read of [() => arguments[0], () => arguments.callee]) { try { const value = read(); if (typeof value === "function") { value({ workflow: { run: () => "ESCAPED" } }); } } catch {} }
