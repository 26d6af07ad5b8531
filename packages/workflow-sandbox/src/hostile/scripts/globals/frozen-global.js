// Freezes and seals the global object, which must not stop the host.
// expect: safe
try { Object.freeze(globalThis); } catch {}
try { Object.preventExtensions(globalThis); } catch {}
phase("after");
log("after");
const list = await parallel([() => agent("a")]);
return verdict(list[0] === "echo:a" ? [] : ["answer"]);
