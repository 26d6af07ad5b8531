// Compares long texts by the rules of a language.
// expect: limited:cpu-limit | limited:memory-limit
const one = "\u00e4".repeat(2 ** 21);
for (;;) one.localeCompare(`${one}x`);
