// Returns a proxy that is revoked.
// expect: failed
const { proxy, revoke } = Proxy.revocable({}, {});
revoke();
return proxy;
