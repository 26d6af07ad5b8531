// Imports inside of a template.
// expect: rejected
return `${await import("node:child_process")}` && "ESCAPED";
