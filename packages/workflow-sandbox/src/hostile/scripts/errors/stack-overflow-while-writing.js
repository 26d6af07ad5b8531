// Lets the stack end while long lines, phases and calls are written to the host: what is written must be whole.
// expect: safe
const texts = [(x) => log(x.repeat(4000)), (x) => phase(x.repeat(400)), (x) => workflow(x.repeat(1e5), { a: [x] }).catch(() => 0), (x) => agent(x.repeat(1e5), { label: x }).catch(() => 0), (x) => console.error({ x }, [x])];
for (const write of texts) {
  const dive = (depth) => (depth === 0 ? write("x") : dive(depth - 1));
  let low = 1;
  let high = 200000;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    try { dive(middle); low = middle; } catch { high = middle; }
  }
  for (let k = 0; k < 30; k++) try { dive(high + 15 - k); } catch {}
}
return (await agent("end")) === "echo:end" ? "safe" : "ESCAPED";
