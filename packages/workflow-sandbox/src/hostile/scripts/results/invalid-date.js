// Returns a date whose toISOString throws.
// expect: failed:invalid-result | returned
return new Proxy(new Date(NaN), { get(target, key) { if (key === "then") return undefined; throw new RangeError(String(key)); } });
