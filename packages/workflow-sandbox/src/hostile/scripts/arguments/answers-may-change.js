// Changes what agents answered, which nobody else may see.
// expect: safe
const one = await agent('JSON:{"list":[1]}');
one.list.push(2);
Object.setPrototypeOf(one, null);
const two = await agent('JSON:{"list":[1]}');
return two.list.length === 1 && Object.getPrototypeOf(two) === Object.prototype ? "safe" : "ESCAPED";
