// Imports a whole module.
// expect: rejected
import * as fs from "node:fs";
return `ESCAPED ${typeof fs.readFileSync}`;
