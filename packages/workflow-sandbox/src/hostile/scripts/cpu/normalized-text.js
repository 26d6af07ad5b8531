// Normalises long texts of marks.
// expect: limited:cpu-limit | limited:memory-limit
const marks = "\u0344\u0300".repeat(2 ** 20);
for (;;) (`a${marks}`).normalize("NFKD");
