// Imports where a computed name stands.
// expect: rejected
// bites
const object = { [import("node:fs")]: 1 };
return `ESCAPED ${Object.keys(object)}`;
