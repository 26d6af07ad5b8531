// Reduces, finds and counts in iterators without end.
// expect: limited:cpu-limit
const endless = { next: () => ({ done: false, value: 0 }), __proto__: Iterator.prototype };
return endless.filter((x) => x).map((x) => x).find((x) => x > 1);
