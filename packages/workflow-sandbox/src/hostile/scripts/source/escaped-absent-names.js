// Writes names of the host with escapes.
// expect: safe
// bites
const types = [typeof proc\u0065ss, typeof r\u{65}quire, typeof glob\u0061l, typeof Buff\u0065r];
const found = types.filter((type) => type !== "undefined");
try { void \u0070rocess.env; found.push("read"); } catch (error) { if (!(error instanceof ReferenceError)) found.push(String(error)); }
return verdict(found);
