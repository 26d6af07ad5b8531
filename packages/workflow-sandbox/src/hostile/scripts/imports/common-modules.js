// Looks for require and its relatives.
// expect: safe
// bites
const found = [];
for (const run of [() => require("fs"), () => module.require("fs"), () => globalThis.require("fs"), () => process.mainModule.require("fs"), () => process.getBuiltinModule("fs"), () => process.binding("fs"), () => __filename, () => exports, () => module.constructor._load("fs"), () => require.main]) {
  try { if (run()) found.push(String(run)); } catch (error) { if (!(error instanceof ReferenceError || error instanceof TypeError)) found.push(String(error)); }
}
return verdict(found);
