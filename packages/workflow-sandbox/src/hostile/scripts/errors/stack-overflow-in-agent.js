// Calls agent at every depth near the end of the stack; no reply may be lost or mixed up.
// expect: safe
const waiting = [];
let count = 0;
function dive(depth, k) { return depth === 0 ? agent(`k${k}`) : dive(depth - 1, k); }
let low = 1;
let high = 200000;
while (high - low > 1) {
  const middle = (low + high) >> 1;
  try { dive(middle, "probe").catch(() => 0); low = middle; } catch { high = middle; }
}
for (let k = 0; k < 40; k++) {
  try { waiting.push(dive(high + 5 - k, k).then((text) => text === `echo:k${k}`, () => true)); count++; } catch {}
}
const right = await Promise.all(waiting);
return verdict(right.every(Boolean) && (await agent("end")) === "echo:end" ? [] : ["mixed up"]);
