// Imports a default.
// expect: rejected
import fs from "node:fs";
return `ESCAPED ${typeof fs.readFileSync}`;
