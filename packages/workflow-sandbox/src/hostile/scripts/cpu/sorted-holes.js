// Sorts a list of four billion holes.
// expect: limited:cpu-limit | limited:memory-limit | failed
return new Array(2 ** 32 - 1).sort().length;
