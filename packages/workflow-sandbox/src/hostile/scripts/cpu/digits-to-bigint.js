// Reads a number of millions of digits.
// expect: limited:cpu-limit | limited:memory-limit | failed
for (;;) BigInt("7".repeat(5e6));
