// Rejects anew wherever an unhandled rejection is looked at.
// expect: safe | limited:cpu-limit | limited:memory-limit
const odd = { get message() { Promise.reject(odd); return "m"; } };
Promise.reject(odd);
await agent("x");
await new Promise((resolve) => setTimeout(resolve, 20));
return "safe";
