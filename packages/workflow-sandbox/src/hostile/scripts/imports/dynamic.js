// Imports a module while it runs.
// expect: rejected
// bites
const fs = await import("node:fs");
return `ESCAPED ${typeof fs.readFileSync}`;
