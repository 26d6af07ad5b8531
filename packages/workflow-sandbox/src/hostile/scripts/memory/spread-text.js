// Spreads a long text into a list.
// expect: failed | limited:memory-limit | limited:cpu-limit
return [..."ab".repeat(2 ** 26)].length;
