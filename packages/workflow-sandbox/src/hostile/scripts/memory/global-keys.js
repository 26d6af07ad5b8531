// Grows the global object key by key.
// expect: failed | limited:memory-limit | limited:cpu-limit
for (let at = 0; ; at++) globalThis[`key${at}`] = "z".repeat(200) + at;
