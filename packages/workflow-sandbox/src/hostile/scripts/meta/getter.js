// Computes its name in a getter.
// expect: rejected:invalid-meta
export const meta = { get name() { return "x"; }, description: "d" };
return "ESCAPED";
