// Takes the raw text of what says that it is 2^53 long.
// expect: limited:cpu-limit | limited:memory-limit | failed
return String.raw({ raw: { length: 2 ** 53 - 1 } }).length;
