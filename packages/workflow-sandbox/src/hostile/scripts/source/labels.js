// Jumps by labels through finally and loops.
// expect: safe
let count = 0;
outer: for (;;) { try { count++; continue outer; } finally { if (count > 3) break outer; } }
switch (count) { case 4: { inner: { break inner; } } default: return count === 4 ? "safe" : "ESCAPED"; }
