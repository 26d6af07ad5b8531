// Builds texts out of halves and makes them whole.
// expect: limited:memory-limit | limited:cpu-limit
let text = "0123456789".repeat(1e5);
const kept = [];
for (let at = 1; ; at = (at * 48271) % 2147483647) {
  const cut = at % text.length;
  kept.push(`${text.slice(cut)}|${text.slice(0, cut)}`);
  if (kept.at(-1).indexOf("#") >= 0) break;
}
