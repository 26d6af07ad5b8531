// Returns while its calls still wait.
// expect: safe
for (let at = 0; at < 20; at++) agent("NEVER").catch(() => 0);
setTimeout(() => log("late"), 1e6);
return "safe";
