// Reads by the old properties of RegExp what the host matched last.
// expect: safe
// bites
const found = [];
try { new URL("https://secret-host.example/secret"); } catch {}
await agent("x");
for (const key of ["$1", "$2", "$&", "$_", "$`", "$'", "$+", "input", "lastMatch", "lastParen", "leftContext", "rightContext"]) {
  const text = RegExp[key];
  if (text !== undefined) found.push(key);
}
return verdict(found);
