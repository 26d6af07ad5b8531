// Reaches the end of the stack with frames of hundreds of values.
// expect: safe
const wide = (depth, ...rest) => (depth === 0 ? agent("w").then((x) => x === "echo:w", (error) => error instanceof Error) : wide(depth - 1, ...rest, ...rest.slice(0, 13)));
let low = 1;
let high = 2000;
const waiting = [];
while (high - low > 1) {
  const middle = (low + high) >> 1;
  try { waiting.push(wide(middle, 1, 2, 3)); low = middle; } catch { high = middle; }
}
for (let k = 0; k < 30; k++) try { waiting.push(wide(high + 3 - (k % 6), 1, 2, 3)); } catch {}
return (await Promise.all(waiting)).every(Boolean) && (await agent("end")) === "echo:end" ? "safe" : "ESCAPED";
