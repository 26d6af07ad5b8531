// Waits for all of an iterator without end.
// expect: limited:cpu-limit | limited:memory-limit
return await Promise.all({ *[Symbol.iterator]() { for (;;) yield 1; } });
