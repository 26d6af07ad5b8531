// Handles rejections long after they happened.
// expect: safe
const late = [];
for (let at = 0; at < 2000; at++) late.push(Promise.reject(new Error(`e${at}`)));
await agent("x");
await Promise.allSettled(late);
return "safe";
