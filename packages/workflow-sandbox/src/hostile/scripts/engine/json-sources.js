// Reads source texts by the reviver and keeps what the reviver is given.
// expect: safe
// bites
const found = [];
JSON.parse('{"a":[1,{"b":2}]}', function (key, value, context) { for (const one of [this, context, context?.source]) if (powerOf(one)) found.push(key); return value; });
for (const text of ["1", '"a"', "null"]) { const raw = JSON.rawJSON?.(text); if (raw && (powerOf(raw) || Object.getPrototypeOf(raw) !== null || !Object.isFrozen(raw))) found.push("raw"); }
JSON.stringify({ a: 1 }, function (key, value) { if (powerOf(this)) found.push("replacer"); return value; });
return verdict(found);
