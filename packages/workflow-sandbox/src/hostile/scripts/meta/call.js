// Computes its name by a call.
// expect: rejected:invalid-meta
export const meta = { name: (() => "x")(), description: "d" };
return "ESCAPED";
