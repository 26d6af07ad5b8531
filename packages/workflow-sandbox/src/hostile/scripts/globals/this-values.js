// Looks for the real global object as this.
// expect: safe
// bites
const values = [
  this, (function () { return this; })(), (() => this)(), (function () { return this; }).call(undefined), (function () { return this; }).apply(null),
  [1].map(function () { return this; })[0], Reflect.apply(function () { return this; }, undefined, []), new (class { get = (() => this)(); })().get,
  (0, { run() { return this; } }.run)(), `${[1].map(function () { return typeof this; })}`,
];
await Promise.resolve().then(function () { values.push(this); });
await parallel([function () { values.push(this); }]);
return verdict(values.filter(isOutside).map((one) => typeof one));
