// Logs lines of megabytes.
// expect: safe
for (let at = 0; at < 20; at++) log("l".repeat(2e6), "\u00e4".repeat(1e6));
return "safe";
