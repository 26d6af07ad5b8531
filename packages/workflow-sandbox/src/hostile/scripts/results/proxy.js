// Returns a proxy.
// expect: returned | failed:invalid-result
return new Proxy({}, { ownKeys: () => ["a"], getOwnPropertyDescriptor: () => ({ value: 1, enumerable: true, configurable: true }), get: (_, key) => (key === "then" || key === "toJSON" ? undefined : "v") });
