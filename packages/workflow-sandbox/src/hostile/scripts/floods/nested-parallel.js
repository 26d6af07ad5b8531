// Nests parallel in parallel without end.
// expect: safe | limited:cpu-limit | limited:memory-limit
const nest = async () => (await parallel([nest, nest]))[0];
const first = await Promise.race([nest(), agent("x")]);
return first === "echo:x" ? "safe" : "ESCAPED";
