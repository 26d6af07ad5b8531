// Writes numbers into JSON that no double can hold.
// expect: safe
const found = [];
const raw = (text) => (JSON.rawJSON ? JSON.rawJSON(text) : 1);
for (const text of ["1e999", "-1e999", "123456789012345678901234567890", "-0", "1e-999"]) {
  try { if ((await agent("x", { number: raw(text) })) !== "echo:x") found.push(text); } catch (error) { if (!(error instanceof TypeError || error instanceof RangeError)) found.push(String(error)); }
}
return verdict(found);
