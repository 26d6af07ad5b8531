// Waits for something that can never happen.
// expect: failed:never-ends
await new Promise(() => {});
return "ESCAPED";
