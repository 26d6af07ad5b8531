// Reaches out by the promises that agent, parallel and pipeline return.
// expect: safe
// bites
const promises = [agent("one"), parallel([]), pipeline([], (x) => x), workflow("w"), approve("q")];
const found = [];
for (const one of promises) {
  if (powerOf(one) || powerOf(one.then) || powerOf(one.constructor)) found.push("promise");
  if (Reflect.ownKeys(one).length > 0) found.push("own keys");
  if (one.constructor !== Promise || Object.getPrototypeOf(one) !== Promise.prototype) found.push("another Promise");
}
await Promise.all(promises);
return verdict(found);
