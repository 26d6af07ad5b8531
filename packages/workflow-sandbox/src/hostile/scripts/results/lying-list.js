// Returns a proxy that lies about its length.
// expect: returned | failed:invalid-result | limited:cpu-limit | limited:memory-limit
return new Proxy([], { get: (_, key) => (key === "length" ? 2 ** 32 : key === "toJSON" || key === "then" ? undefined : 1) });
