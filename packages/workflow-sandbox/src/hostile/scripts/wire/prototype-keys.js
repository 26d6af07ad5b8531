// Sends own keys named __proto__ and constructor.
// expect: safe
const options = JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"label":"x"}');
await agent("x", options);
await workflow("w", options);
return { polluted: undefined }.polluted === ({}).polluted ? "safe" : "ESCAPED";
