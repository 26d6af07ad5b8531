// Defines agents without end.
// expect: safe | limited:cpu-limit | limited:memory-limit
export const workflow = { name: "hostile", description: "d", async run() {
  for (let at = 0; at < 2e4; at++) agent(`a${at}`, { prompt: "x" });
  const list = await parallel(Array.from({ length: 2000 }, (_, at) => agent(`b${at}`, { prompt: "x" })));
  return list.filter((one) => one !== null).length <= 1000 ? "safe" : "ESCAPED";
} };
