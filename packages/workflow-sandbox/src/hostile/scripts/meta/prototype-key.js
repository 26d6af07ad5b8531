// Gives its metadata a prototype.
// expect: rejected:invalid-meta
export const meta = { name: "x", description: "d", __proto__: { polluted: 1 } };
return "ESCAPED";
