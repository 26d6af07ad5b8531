// Joins its metadata to a call on the next line.
// expect: rejected:invalid-meta
export const meta = { name: "x", description: "d" }
(function () { return 1; })();
return "ESCAPED";
