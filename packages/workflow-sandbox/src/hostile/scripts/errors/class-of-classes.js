// Climbs from error classes to the one behind them.
// expect: safe
// bites
const found = [];
for (const Type of [TypeError, RangeError, SyntaxError, EvalError, URIError, ReferenceError, AggregateError]) {
  const Behind = Object.getPrototypeOf(Type);
  if (Behind !== Error && Behind !== Error.prototype.constructor) found.push(Type.name);
  for (const key of Reflect.ownKeys(Behind)) if (["captureStackTrace", "prepareStackTrace"].includes(key) && powerOf(Behind[key])) found.push(String(key));
  if (Behind.stackTraceLimit !== undefined) {
    const before = Behind.stackTraceLimit;
    try { Behind.stackTraceLimit = before + 1; } catch {}
    try { Error.stackTraceLimit = 1; } catch {}
  }
}
return verdict(found);
