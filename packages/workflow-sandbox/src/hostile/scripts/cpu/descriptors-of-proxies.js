// Never ends asking a proxy for its keys, which each copy asks for again.
// expect: limited:cpu-limit | limited:memory-limit
const endless = new Proxy({}, { ownKeys: () => Array.from({ length: 1000 }, (_, at) => `k${at}`), getOwnPropertyDescriptor: () => ({ value: endless, enumerable: true, configurable: true }), get: () => endless });
structuredClone(endless);
for (;;) ({ ...endless });
