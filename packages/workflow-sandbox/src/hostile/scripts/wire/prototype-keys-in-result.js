// Returns own keys named __proto__.
// expect: returned
return JSON.parse('{"__proto__":{"polluted":1},"list":[{"__proto__":[1]}]}');
