// Settles a million promises.
// expect: safe | limited:memory-limit | limited:cpu-limit
const all = await Promise.all(Array.from({ length: 1e5 }, async (_, at) => at));
return all.length === 1e5 ? "safe" : "ESCAPED";
