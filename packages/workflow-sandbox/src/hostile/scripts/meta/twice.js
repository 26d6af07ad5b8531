// Exports its metadata twice.
// expect: rejected
export const meta = { name: "x", description: "d" };
export { meta as workflow };
return "ESCAPED";
