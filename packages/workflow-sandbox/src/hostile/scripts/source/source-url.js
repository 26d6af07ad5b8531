// Names a file of the host as its own source.
// expect: safe
// bites
//# sourceURL=file:///etc/hostname
//# sourceMappingURL=file:///etc/hostname
/*# sourceURL=node:internal/process */
let text = "";
try { null.x; } catch (error) { text = String(error.stack); }
return /etc|node:/.test(text) ? "ESCAPED" : "safe";
//# sourceURL=evil.js
//@ sourceMappingURL=data:application/json;base64,e30=
