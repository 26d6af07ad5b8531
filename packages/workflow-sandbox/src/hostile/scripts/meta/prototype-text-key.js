// Gives its metadata a prototype by a text.
// expect: rejected:invalid-meta
export const meta = { name: "x", description: "d", nested: { "__proto__": { polluted: 1 } } };
return "ESCAPED";
