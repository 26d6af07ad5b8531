// Reads the arguments of the function that a script is put into.
// expect: safe
// bites
const found = [];
const reads = [() => arguments, () => arguments[0], () => ({ arguments }).arguments, () => Reflect.get(arguments, "callee")];
for (const read of reads) {
  try {
    const value = read();
    if (powerOf(value) || powerOf(value?.callee) || typeof value?.[0] === "function") found.push(String(read));
  } catch {}
}
return verdict(found);
