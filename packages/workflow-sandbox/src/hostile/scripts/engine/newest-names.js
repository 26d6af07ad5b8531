// Looks for functions that engines learned lately, which lead to binary data, other realms or the clock.
// expect: safe
// bites
const found = [];
const owners = { Object, Array, Promise, Math, JSON, Reflect, Symbol, String, RegExp, Error, Map, Set, Date, Iterator, Function, BigInt, Number };
const wanted = /^(rawJSON|isRawJSON|toTemporalInstant|legacyRegExp|compile|input|\$|fromBase64|fromHex|sumPrecise\$|importHook|evaluate|importValue|transfer|resizable|waitAsync|pause|asyncContext|Variable|Snapshot|getStackTrace$)/;
for (const [name, owner] of Object.entries(owners)) {
  for (const place of [owner, owner.prototype ?? {}]) {
    for (const key of Reflect.ownKeys(place)) if (wanted.test(String(key)) && typeof key === "string") found.push(`${name}.${key}`);
  }
}
return verdict(found);
