// Makes code from text by the constructors of the console and what is in it.
// expect: safe
// bites
const found = [];
for (const key of Reflect.ownKeys(console)) if (powerOf(console[key])) found.push(String(key));
if (powerOf(console) || powerOf(Object.getPrototypeOf(console))) found.push("console");
return verdict(found);
