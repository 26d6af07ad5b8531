// Looks for paths and frames of the host in stacks.
// expect: safe
// bites
const found = [];
const texts = [];
const keep = (error) => { texts.push(String(error.stack), String(error.message), String(error)); };
for (const call of [() => { throw new Error("x"); }, () => null.x, () => agent(), () => agent("ERR"), () => parallel(3), () => workflow("ERR"), () => JSON.parse("{"), () => new RegExp("("), () => new Array(-1), () => decodeURI("%"), () => [].reduce(() => 1), () => new URL(""), () => structuredClone(Symbol("s")), () => setTimeout(1)]) {
  try { await call(); } catch (error) { keep(error); }
}
for (const text of texts) if (/\.cjs|\.js\b|node:|file:|\/home|\/usr|^\s+at .*\(/m.test(text)) found.push(text.slice(0, 80));
return verdict(found);
