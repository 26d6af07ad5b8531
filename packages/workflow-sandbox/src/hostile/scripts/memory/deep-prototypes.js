// Nests prototypes a hundred thousand deep.
// expect: safe
let object = {};
for (let at = 0; at < 1e5; at++) object = Object.create(object);
void object.missing;
try { for (const key in object) void key; } catch {}
return "safe";
