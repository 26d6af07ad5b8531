// Waits for an agent that never answers.
// expect: limited:time-limit
// limits: wallMs=700
await agent("NEVER");
