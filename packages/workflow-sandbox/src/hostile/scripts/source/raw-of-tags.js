// Shows a tag the raw text of what the evaluator refuses.
// expect: safe | rejected
const raw = String.raw`<!-- import(x) -->`;
return raw.length === 18 ? "safe" : "ESCAPED";
