// Reaches out by the arrays that parallel and pipeline give back.
// expect: safe
// bites
const lists = [await parallel([async () => 1]), await pipeline([1], (x) => [x]), await Promise.all([agent("x")])];
const found = lists.filter((list) => powerOf(list) || !Array.isArray(list) || Object.getPrototypeOf(list) !== Array.prototype);
return verdict(found.map(String));
