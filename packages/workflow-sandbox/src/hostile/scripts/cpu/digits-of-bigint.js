// Writes a number of millions of digits as text.
// expect: limited:cpu-limit | limited:memory-limit | failed
const value = 1n << (2n ** 27n);
for (;;) value.toString(7);
