// Asks for the time by every way to spell it, F10s.
// expect: safe
// bites
const found = [];
const DateBehind = new Date(0).constructor;
class Mine extends Date {}
for (const read of [
  () => Date.now(), () => new Date(), () => Date(), () => new DateBehind(), () => DateBehind.now(), () => DateBehind(), () => new Mine(), () => Mine.now(),
  () => Reflect.construct(Date, []), () => Reflect.construct(Date, [], Object), () => Reflect.construct(Object, [], Date), () => Date.call(new Date(0)), () => Date.apply(null, []),
  () => new (Date.bind(null))(), () => new (new Proxy(Date, {}))(), () => new Date(...[]), () => Reflect.apply(Date.now, Date, []), () => Date.prototype.constructor.now(), () => new (Object.getPrototypeOf(Mine))(),
]) {
  try { const value = read(); const ms = typeof value === "string" ? Date.parse(value) : Number(value); if (ms > 1e9) found.push(String(read)); } catch {}
}
return verdict(found);
