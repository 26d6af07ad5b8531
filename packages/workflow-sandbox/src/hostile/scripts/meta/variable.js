// Takes its name from a variable.
// expect: rejected:invalid-meta
export const meta = { name, description: "d" };
return "ESCAPED";
