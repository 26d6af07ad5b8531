// Asks agents in a loop and waits for none.
// expect: safe | limited:cpu-limit | limited:memory-limit
for (let at = 0; at < 1e5; at++) agent("x").catch(() => 0);
return "safe";
