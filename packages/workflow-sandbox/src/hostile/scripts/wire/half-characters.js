// Sends halves of characters in prompts, keys and lines.
// expect: safe
const half = "\ud800";
log(half);
phase(half);
const answer = await agent(`a${half}b`, { [half]: half });
await workflow(half, [half]);
return typeof answer === "string" ? "safe" : "ESCAPED";
