// Pads a text to half a gigabyte, many times.
// expect: failed | limited:memory-limit | limited:cpu-limit
const kept = [];
for (let at = 0; ; at++) { const one = String(at).padStart(2 ** 28, "ab"); kept.push(one.at(-5), one.replaceAll("a", "cc")); }
