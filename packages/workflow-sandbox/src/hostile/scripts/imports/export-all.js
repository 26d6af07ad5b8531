// Exports all of another module.
// expect: rejected
export * from "node:fs";
return "ESCAPED";
