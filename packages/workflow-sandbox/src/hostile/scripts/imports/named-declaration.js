// Imports names.
// expect: rejected
import { readFileSync } from "node:fs";
return `ESCAPED ${typeof readFileSync}`;
