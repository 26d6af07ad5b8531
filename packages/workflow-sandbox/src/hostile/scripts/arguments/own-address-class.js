// Derives from URL and calls its methods on others.
// expect: safe
// bites
const found = [];
class Mine extends URL { toString() { return "mine"; } }
try { if (powerOf(new Mine("a:b"))) found.push("derived"); } catch {}
for (const key of ["toString", "toJSON"]) for (const receiver of [undefined, null, {}, agent, globalThis]) { try { if (powerOf(URL.prototype[key].call(receiver))) found.push(key); } catch {} }
const { searchParams } = new URL("a://b/?c=d");
for (const key of ["get", "getAll", "has", "keys", "entries", "toString"]) for (const receiver of [undefined, {}, agent]) { try { searchParams[key].call(receiver, "c"); found.push(key); } catch (error) { if (!(error instanceof TypeError)) found.push(String(error)); } }
return verdict(found);
