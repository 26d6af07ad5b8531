// Makes promises whose species is the script's.
// expect: safe
const found = [];
class Later extends Promise { static get [Symbol.species]() { return function (start) { start((value) => found.push(typeof value), () => 0); }; } }
const promise = agent("x");
try { Object.setPrototypeOf(promise, Later.prototype); } catch {}
try { promise.constructor = { [Symbol.species]: Later }; } catch {}
const list = await parallel([() => Later.resolve("a"), () => promise, () => new Later((resolve) => resolve("b"))]);
return list[0] === "a" && list[2] === "b" ? "safe" : "ESCAPED";
