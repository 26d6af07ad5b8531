// Runs text by every way to spell eval.
// expect: safe
// bites
const found = [];
const forms = [
  () => eval("6*7"), () => (0, eval)("6*7"), () => eval?.("6*7"), () => globalThis.eval("6*7"), () => globalThis["ev" + "al"]("6*7"),
  () => Reflect.apply(eval, undefined, ["6*7"]), () => eval.call(undefined, "6*7"), () => [eval][0]("6*7"), () => ["6*7"].map(eval)[0],
  () => { const { eval: run } = globalThis; return run("6*7"); },
];
for (const form of forms) {
  try {
    if (form() === 42) found.push(String(form));
  } catch {}
}
return verdict(found);
