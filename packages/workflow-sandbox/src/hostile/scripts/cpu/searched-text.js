// Searches long texts in long texts.
// expect: limited:cpu-limit
const hay = "a".repeat(2 ** 23);
const needle = `${"a".repeat(2 ** 20)}b`;
let sum = 0;
for (;;) sum += hay.indexOf(needle) + hay.lastIndexOf(needle);
