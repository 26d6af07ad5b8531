// Imports JSON with attributes while it runs.
// expect: rejected
const config = await import("./package.json", { with: { type: "json" } });
return `ESCAPED ${config.default.name}`;
