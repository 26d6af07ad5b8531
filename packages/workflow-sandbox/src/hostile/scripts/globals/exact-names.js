// Compares the names on globalThis with the list of those that belong there, F5s.
// expect: safe
// bites
const expected = `Infinity NaN undefined globalThis isFinite isNaN parseFloat parseInt decodeURI decodeURIComponent encodeURI
  encodeURIComponent Array BigInt Boolean Date Error EvalError RangeError ReferenceError SyntaxError TypeError URIError
  AggregateError Function Iterator JSON Map Math Number Object Promise Proxy Reflect RegExp Set String Symbol WeakMap WeakSet
  agent parallel pipeline phase log budget console args`.split(/\s+/);
const names = Reflect.ownKeys(globalThis).filter((key) => key !== Symbol.unscopables).map(String);
const found = [...names.filter((name) => !expected.includes(name)).map((name) => `+${name}`), ...expected.filter((name) => !names.includes(name)).map((name) => `-${name}`)];
return verdict(found);
