// Asks import.meta to resolve a module.
// expect: rejected
return `ESCAPED ${import.meta.resolve("node:fs")}`;
