// Looks for a way to write to the host beside its functions.
// expect: safe
// bites
const found = [];
for (const run of [() => process.stdout.write("x"), () => process.send({}), () => postMessage(1), () => self.postMessage(1), () => parentPort.postMessage(1), () => port.postMessage(1), () => console._stdout.write("x"), () => console.constructor("x"), () => send("returned"), () => sendText("x"), () => writeSync(1, "x"), () => globalThis.onmessage({})]) {
  try { run(); found.push(String(run)); } catch {}
}
if (Reflect.ownKeys(console).some((key) => typeof key === "symbol" || String(key).startsWith("_"))) found.push("console");
return verdict(found.filter((one) => !one.includes("console.constructor")));
