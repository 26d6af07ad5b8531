// Names options like the fields of messages.
// expect: safe
const names = ["kind", "index", "prompt", "options", "phase", "budgets", "value", "error", "answeredCount", "level", "text", "code", "message"];
for (const name of names) await agent(name, { [name]: 1e9 });
return (await agent("x", Object.fromEntries(names.map((name) => [name, null])))) === "echo:x" ? "safe" : "ESCAPED";
