// Hands text instead of a function to timers and callbacks.
// expect: safe
const found = [];
globalThis.hit = undefined;
for (const start of [() => setTimeout("globalThis.hit = 1", 0), () => [1].map("globalThis.hit = 1"), () => Promise.resolve().then("globalThis.hit = 1"), () => setTimeout({ toString: () => "globalThis.hit = 1" }, 0)]) {
  try {
    start();
  } catch {}
}
await new Promise((resolve) => setTimeout(resolve, 5));
return verdict(globalThis.hit === undefined ? [] : ["text ran"]);
