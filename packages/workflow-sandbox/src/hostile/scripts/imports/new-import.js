// Constructs an import.
// expect: rejected
return `ESCAPED ${new (import("node:fs"))()}`;
