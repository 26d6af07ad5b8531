// Nests proxies and prototypes a hundred thousand deep.
// expect: safe | failed
let proxy = {};
for (let at = 0; at < 1e5; at++) proxy = new Proxy(proxy, {});
try { void proxy.x; } catch (error) { if (!(error instanceof RangeError)) return "ESCAPED"; }
return "safe";
