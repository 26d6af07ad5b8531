// Hides import() behind line breaks and comments.
// expect: rejected
// bites
const fs = await import /* of */
  // files
  ("node:fs");
return `ESCAPED ${typeof fs.readFileSync}`;
