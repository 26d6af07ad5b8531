// Declares an import of a source.
// expect: rejected
import source module from "node:fs";
return `ESCAPED ${module}`;
