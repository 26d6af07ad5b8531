// Gives locals the names of what it is given.
// expect: safe
const JSON = { stringify: () => "evil" };
const Promise = null;
const Map = class {};
var Error = class {};
function Symbol() {}
{ const agent = () => "evil"; agent(); }
return (await globalThis.agent("x")) === "echo:x" ? "safe" : "ESCAPED";
