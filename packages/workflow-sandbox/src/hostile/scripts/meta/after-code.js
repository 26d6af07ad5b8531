// Has code before its metadata.
// expect: rejected:invalid-meta
globalThis.hit = 1;
export const meta = { name: "x", description: "d" };
return "ESCAPED";
