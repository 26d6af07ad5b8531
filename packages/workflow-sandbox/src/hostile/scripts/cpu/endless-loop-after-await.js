// Loops without end after an agent has answered.
// expect: limited:cpu-limit
await agent("x");
for (;;);
