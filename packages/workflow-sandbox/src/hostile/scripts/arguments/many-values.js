// Calls what it is given with a hundred thousand values.
// expect: safe | failed
const many = new Array(1e5).fill("v");
for (const one of [agent, log, phase, workflow, approve, budget.spent, structuredClone, console.log]) { try { await one(...many); } catch (error) { if (!(error instanceof Error)) return "ESCAPED"; } }
return (await agent("x")) === "echo:x" ? "safe" : "ESCAPED";
