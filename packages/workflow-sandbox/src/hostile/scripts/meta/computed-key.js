// Computes a key of its metadata.
// expect: rejected:invalid-meta
export const meta = { ["na" + "me"]: "x", description: "d" };
return "ESCAPED";
