// Lets the stack end in callbacks of built-ins.
// expect: safe
// bites
const found = [];
const grab = (error) => { if (powerOf(error) || !(error instanceof RangeError)) found.push(String(error)); };
const dives = [
  function sort() { [2, 1].sort(sort); },
  function replace() { "a".replace(/a/, replace); },
  function revive() { JSON.parse("[1]", revive); },
  function get() { Reflect.get({ get a() { return get(); } }, "a"); },
  function from() { Array.from([1], from); },
  function proxy() { void new Proxy({}, { get: proxy }).x; },
  function text() { `${{ toString: text }}`; },
  function json() { JSON.stringify({ toJSON: json }); },
  function make() { new (class { constructor() { make(); } })(); },
  function spread() { [...{ [Symbol.iterator]: spread }]; },
];
for (const dive of dives) try { dive(); } catch (error) { grab(error); }
return verdict(found);
