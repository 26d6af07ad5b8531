// Can change its metadata later.
// expect: rejected
export let meta = { name: "x", description: "d" };
meta = { name: "y" };
return "ESCAPED";
