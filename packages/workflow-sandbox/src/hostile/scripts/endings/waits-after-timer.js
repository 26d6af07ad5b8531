// Waits for nothing after its timers are done.
// expect: failed:never-ends
setTimeout(() => 0, 1);
await new Promise(() => {});
