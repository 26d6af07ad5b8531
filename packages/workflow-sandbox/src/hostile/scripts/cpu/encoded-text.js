// Encodes and decodes long texts.
// expect: limited:cpu-limit | limited:memory-limit | failed
const text = "\u00e4".repeat(2 ** 21);
for (;;) decodeURIComponent(encodeURIComponent(text));
