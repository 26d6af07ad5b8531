// Sets timers until none may be set.
// expect: safe
let count = 0;
try { for (;;) { setTimeout(() => 0, 1); count++; } } catch (error) { return count === 1000 && error instanceof RangeError ? "safe" : `ESCAPED ${count}`; }
