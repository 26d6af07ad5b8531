// Exports another module under a name.
// expect: rejected
export * as fs from "node:fs";
return "ESCAPED";
