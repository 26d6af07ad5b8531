// Throws a proxy that is revoked.
// expect: failed:script-error
const { proxy, revoke } = Proxy.revocable(() => 1, {});
revoke();
throw proxy;
