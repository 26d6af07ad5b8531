// Loops without end in a timer.
// expect: limited:cpu-limit
setTimeout(() => { for (;;); }, 1);
await agent("NEVER");
