// Computes its name in a template.
// expect: rejected:invalid-meta
export const meta = { name: `${1}x`, description: "d" };
return "ESCAPED";
