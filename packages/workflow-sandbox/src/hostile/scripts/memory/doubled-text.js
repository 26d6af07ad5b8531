// Doubles texts and keeps them.
// expect: failed | limited:memory-limit | limited:cpu-limit
const kept = [];
let text = "x";
for (;;) { text += text; kept.push(text.split("").join("-")); }
