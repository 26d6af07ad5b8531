// Exports more than its metadata.
// expect: rejected
export const meta = { name: "x", description: "d" };
export const more = globalThis;
return "ESCAPED";
