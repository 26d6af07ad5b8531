const step = (x = `a${1}b`) => { return /c/.test("d") ? x : "e"; }; // end
export const workflow = { name: "hostile", description: "d", limits: [1, { a: "b" }], async run(api, given) {
  const self = String((function () { return this; })());
  log(self, step());
  await agent("a", { prompt: "x" });
  return `safe ${self}`;
} };
/* more */ export default workflow;
