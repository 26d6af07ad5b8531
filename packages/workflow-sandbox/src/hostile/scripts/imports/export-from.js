// Exports a name of another module.
// expect: rejected
export { readFileSync as meta } from "node:fs";
return "ESCAPED";
