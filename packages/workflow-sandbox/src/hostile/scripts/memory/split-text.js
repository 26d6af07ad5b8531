// Splits a long text into its characters.
// expect: failed | limited:memory-limit | limited:cpu-limit
return "x".repeat(2 ** 26).split("").length;
