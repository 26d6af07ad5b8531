// Patches the prototypes of all errors.
// expect: safe
// bites
const parts = [];
for (const Type of [Error, TypeError, RangeError, EvalError, AggregateError, SyntaxError, ReferenceError, URIError]) parts.push(await patched(Type.prototype, ["name", "message", "toString", "constructor", "stack", "cause"], () => "evil"));
return parts.every((one) => one === "safe") ? "safe" : `ESCAPED ${parts}`;
