// Imports in run().
// expect: rejected
export const workflow = { name: "hostile", description: "d", async run() { return typeof (await import("node:fs")).readFileSync; } };
