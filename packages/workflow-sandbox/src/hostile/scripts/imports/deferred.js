// Defers an import.
// expect: rejected
const fs = await import.defer("node:fs");
return `ESCAPED ${typeof fs.readFileSync}`;
