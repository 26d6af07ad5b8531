// Reads, writes and deletes names that nothing declares.
// expect: safe
// bites
const found = [];
for (const run of [() => notDeclared, () => { notDeclared = 1; }, () => notDeclared.x, () => ({ notDeclared }), () => new notDeclared(), () => notDeclared`x`]) {
  try { run(); found.push(String(run)); } catch (error) { if (!(error instanceof ReferenceError)) found.push(String(error)); }
}
if (typeof notDeclared !== "undefined" || "notDeclared" in globalThis) found.push("declared");
return verdict(found);
