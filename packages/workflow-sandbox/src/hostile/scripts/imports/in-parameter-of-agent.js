// Imports within the options of an agent.
// expect: rejected
// bites
await agent("x", { label: import("node:fs") });
return "ESCAPED";
