// Computes with numbers of millions of digits.
// expect: limited:cpu-limit | limited:memory-limit | failed
let value = 7n ** (2n ** 20n);
for (;;) value = (value * value) % (5n ** (2n ** 21n));
