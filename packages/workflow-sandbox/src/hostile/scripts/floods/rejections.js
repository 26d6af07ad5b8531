// Rejects three hundred thousand promises that nobody handles, F4s.
// expect: safe | limited:memory-limit | limited:cpu-limit
for (let at = 0; at < 3e5; at++) Promise.reject(at);
await agent("x");
return "safe";
