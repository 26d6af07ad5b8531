// Hangs large values on timers.
// expect: safe | failed | limited:memory-limit | limited:cpu-limit
try { for (let at = 0; ; at++) setTimeout(() => 0, 1e6, "v".repeat(1e5) + at); } catch (error) { return error instanceof RangeError ? "safe" : "ESCAPED"; }
