// Has the stack written onto an object of its own.
// expect: safe
// bites
const found = [];
for (const Type of [Error, TypeError, Error.prototype.constructor, AggregateError]) {
  const target = {};
  try { Type.captureStackTrace(target); } catch {}
  try { Type.captureStackTrace(target, agent); } catch {}
  if (typeof target.stack === "string" && /[\\/]|node:/.test(target.stack)) found.push("stack");
  for (const key of Reflect.ownKeys(target)) {
    const { get, value } = Object.getOwnPropertyDescriptor(target, key);
    if (powerOf(get) || powerOf(value)) found.push(String(key));
  }
}
return verdict(found);
