// Makes addresses of odd things.
// expect: safe
const found = [];
for (const text of [undefined, null, {}, [], 1n, "", " ", "a:", "//x", "http://", "http://a b", "http://\u0000", "http://[::1]:99999", "javascript:alert(1)", "file:///etc/hostname", "data:,x", "\ud800:x", "http://a@b@c:1/", "http://%00/"]) {
  try { const url = new URL(text); for (const key of Reflect.ownKeys(url)) if (powerOf(url[key])) found.push(key); if (typeof url.href !== "string") found.push("href"); } catch (error) { if (!(error instanceof TypeError)) found.push(String(error)); }
}
for (const text of [Symbol("s"), { toString() { throw new Error("t"); } }, { toString: () => ({}) }]) { try { new URL(text); found.push("made"); } catch (error) { if (!(error instanceof Error)) found.push("error"); } }
return verdict(found);
