// Reaches out by the errors with which arguments are refused.
// expect: safe
// bites
const found = [];
const calls = [
  () => agent(), () => agent(1), () => agent("x", 1), () => parallel(1), () => parallel([1]), () => pipeline(),
  () => pipeline([], 1), () => workflow(), () => approve(), () => setTimeout("x"), () => new URL("::"),
  () => structuredClone(() => 1), () => agent("x", { a: 1n }),
];
for (const call of calls) {
  try {
    await call();
  } catch (error) {
    const isOurs = error instanceof Error && Object.getPrototypeOf(error).constructor !== undefined;
    if (!isOurs || powerOf(error) || powerOf(Object.getPrototypeOf(error))) found.push(String(call));
  }
}
return verdict(found);
