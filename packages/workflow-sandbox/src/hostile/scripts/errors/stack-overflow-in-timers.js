// Sets timers at every depth near the end of the stack: each that was set must come.
// expect: safe
let come = 0;
let set = 0;
const dive = (depth, k) => (depth === 0 ? setTimeout(() => come++, k % 3) : dive(depth - 1, k));
let low = 1;
let high = 200000;
while (high - low > 1) {
  const middle = (low + high) >> 1;
  try { dive(middle, 0); set++; low = middle; } catch { high = middle; }
}
for (let k = 0; k < 300; k++) try { dive(high + 20 - (k % 150), k); set++; } catch {}
await new Promise((resolve) => setTimeout(resolve, 50));
return set > 10 && come === set ? "safe" : `ESCAPED ${come} of ${set}`;
