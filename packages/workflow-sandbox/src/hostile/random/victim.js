const self = String((function () { return this; })());
const f = (x = `a${1}b`) => { return /c/.test("d") ? x : "e"; }; // end
log(self, f());
await agent("x");
return `safe ${self}`;
