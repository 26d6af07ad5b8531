// Imports inside of a tagged template.
// expect: rejected
// bites
return String.raw`${import("node:os")}` && "ESCAPED";
