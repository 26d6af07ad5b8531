// Groups an iterator without end.
// expect: limited:cpu-limit | limited:memory-limit
return Object.groupBy({ *[Symbol.iterator]() { for (;;) yield 1; } }, () => "one");
