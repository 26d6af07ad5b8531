// Looks at this in functions that built-ins call back.
// expect: safe
// bites
const found = [];
function look(value) {
  if (this !== undefined && isOutside(this)) found.push("this");
  return value;
}
[1].map(look);
[2, 1].sort(look);
new Map([[1, 2]]).forEach(look);
"a".replace(/a/, look);
JSON.parse("[1]", function (key, value) { if (isOutside(this)) found.push("reviver"); return value; });
JSON.stringify({ toJSON() { if (isOutside(this)) found.push("toJSON"); } });
await Promise.resolve(1).then(look).finally(look);
Array.from([1], look);
Reflect.apply(look, undefined, [1]);
[..."ab"].reduce(look);
Object.groupBy([1], look);
await { then(resolve) { look.call(this, 1); resolve(); } };
return verdict(found);
