// Hands a maker of code to built-ins as their species.
// expect: safe
const found = [];
const { constructor } = () => 1;
class List extends Array { static get [Symbol.species]() { return constructor; } }
class Later extends Promise { static get [Symbol.species]() { return constructor; } }
for (const use of [() => new List(1, 2).map((x) => x), () => new List(1).concat([1]), () => new List(3).slice(), () => Later.resolve(1).then((x) => x), () => new List(2).filter(() => true), () => new List(1).splice(0)]) {
  try {
    if (madeFromText(use())) found.push("species");
  } catch {}
}
return verdict(found);
