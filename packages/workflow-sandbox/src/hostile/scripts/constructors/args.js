// Reaches out by args and what is in it.
// expect: safe
// bites
const found = [];
if (powerOf(args) || powerOf(args.list) || powerOf(args.list[0]) || powerOf(args.inner)) found.push("args");
if (Object.getPrototypeOf(args) !== Object.prototype) found.push("another Object");
return verdict(found);
