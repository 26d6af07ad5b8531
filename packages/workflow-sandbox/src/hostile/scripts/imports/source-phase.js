// Imports the source of a module.
// expect: rejected
const module = await import.source("node:fs");
return `ESCAPED ${module}`;
