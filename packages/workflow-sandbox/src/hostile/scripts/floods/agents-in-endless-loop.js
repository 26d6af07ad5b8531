// Asks agents in a loop without end.
// expect: limited:cpu-limit | limited:memory-limit
for (;;) agent("x").catch(() => 0);
