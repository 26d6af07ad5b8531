// Hands lists with holes and getters.
// expect: safe
// bites
const thunks = [async () => 1, , async () => 3];
let refused = false;
try { await parallel(thunks); } catch (error) { refused = error instanceof TypeError; }
const items = [1, , 3];
Object.defineProperty(items, 1, { get: () => "got" });
const list = await pipeline(items, (x) => x);
return refused && list.join() === "1,got,3" ? "safe" : "ESCAPED";
