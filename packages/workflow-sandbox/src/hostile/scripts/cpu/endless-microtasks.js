// Awaits without end, so that nothing else gets a turn.
// expect: limited:cpu-limit
for (;;) await null;
