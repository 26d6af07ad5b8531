// Hands parallel a list that lies about its length and items.
// expect: safe
let reads = 0;
const liar = new Proxy([], { get: (_, key) => (key === "length" ? (reads++ === 0 ? 2 : 1e9) : async () => key) });
const list = await parallel(liar);
const odd = [];
for (const length of [-1, NaN, "3", 1.5, Infinity, 2 ** 53, { valueOf: () => 1 }, null, 1n]) {
  try { odd.push((await parallel(new Proxy([], { get: (_, key) => (key === "length" ? length : async () => key) }))).length); } catch (error) { if (!(error instanceof Error)) return "ESCAPED"; }
}
return list.length === 2 && odd.every((count) => count < 5) ? "safe" : `ESCAPED ${odd}`;
