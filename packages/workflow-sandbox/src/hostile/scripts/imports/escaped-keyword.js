// Writes import with an escape.
// expect: rejected
const fs = await \u0069mport("node:fs");
return `ESCAPED ${typeof fs}`;
