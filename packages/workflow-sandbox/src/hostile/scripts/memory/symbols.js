// Registers symbols without end.
// expect: failed | limited:memory-limit | limited:cpu-limit
for (let at = 0; ; at++) Symbol.for(`symbol ${at} ${"s".repeat(500)}`);
