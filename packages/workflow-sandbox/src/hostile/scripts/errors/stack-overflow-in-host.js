// Lets the stack end inside of what it is given, and looks at that error.
// expect: safe
// bites
const found = [];
let last;
function deep() {
  try { deep(); } catch (error) {
    for (const call of [() => log("x"), () => phase("p"), () => budget.spent(), () => structuredClone({}), () => new URL("a:b"), () => console.log(1)]) {
      try { call(); } catch (inner) { last = inner; if (powerOf(inner)) found.push("inner"); }
    }
    if (found.length === 0 && last === undefined) throw error;
  }
}
try { deep(); } catch {}
if (last !== undefined && (powerOf(last) || !(last instanceof Error) || !Object.isFrozen(Object.getPrototypeOf(last)))) found.push("error");
return verdict(found);
