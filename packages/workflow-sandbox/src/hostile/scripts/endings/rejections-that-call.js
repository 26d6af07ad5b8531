// Runs code where an unhandled rejection is looked at.
// expect: safe
let depth = 0;
const odd = { get message() { if (depth++ < 50) Promise.reject(odd); return "m"; } };
Promise.reject(odd);
await agent("x");
await new Promise((resolve) => setTimeout(resolve, 10));
return "safe";
