// Changes the exported object while it runs.
// expect: failed | safe | rejected
export const workflow = { name: "hostile", description: "d", async run() { try { workflow.run = () => "ESCAPED"; workflow.name = "other"; } catch {} return "safe"; } };
