// Reads the source of what it is given.
// expect: safe
// bites
const texts = [agent, parallel, pipeline, phase, log, workflow, approve, console.log, budget.spent, setTimeout, clearTimeout, structuredClone].map((one) => Function.prototype.toString.call(one) + String(one));
const found = texts.filter((text) => !/^(function [\w ]*\(\) \{ \[native code\] \}){2}$/.test(text));
return verdict(found.map((text) => text.slice(0, 60)));
