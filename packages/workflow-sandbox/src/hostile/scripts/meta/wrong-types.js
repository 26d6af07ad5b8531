// Gives numbers and lists where texts belong.
// expect: rejected:invalid-meta
export const meta = { name: 7, description: ["d"], phases: [{ title: {} }] };
return "ESCAPED";
