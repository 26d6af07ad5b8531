// Builds imports from text.
// expect: safe
// bites
const found = [];
for (const run of [() => eval('import("node:fs")'), () => (0, eval)('import("node:fs")'), () => Function('return import("node:fs")')(), () => (async () => 1).constructor('return await import("node:fs")')(), () => new Function("return import('node:fs')")()]) {
  try { if (await run()) found.push(String(run)); } catch {}
}
return verdict(found);
