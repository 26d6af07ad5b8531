// Waits for nothing after an agent has answered.
// expect: failed:never-ends
await agent("x");
await new Promise(() => {});
