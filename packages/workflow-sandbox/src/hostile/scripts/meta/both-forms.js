// Has both forms.
// expect: rejected
export const meta = { name: "x", description: "d" };
export const workflow = { name: "x", description: "d", run() { return "ESCAPED"; } };
