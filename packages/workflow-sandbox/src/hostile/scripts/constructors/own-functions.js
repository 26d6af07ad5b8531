// Makes code from text by the constructor of each kind of ordinary function.
// expect: safe
// bites
const object = { method() {}, get value() { return 1; }, set value(_) {}, async task() {}, *list() {} };
const { get, set } = Object.getOwnPropertyDescriptor(object, "value");
class Thing { static make() {} #own() {} static #held = () => 1; static held() { return Thing.#held; } run() {} }
const found = [];
for (const one of [() => 1, function () {}, object.method, get, set, Thing, Thing.make, Thing.held(), new Thing().run, (() => 1).bind(null)]) {
  if (powerOf(one)) found.push(String(one));
}
return verdict(found);
