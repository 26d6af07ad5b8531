// Loops without end in a thunk.
// expect: limited:cpu-limit
return await parallel([() => agent("x"), async () => { await null; for (;;); }]);
