// Waits for a timer that it cleared.
// expect: failed:never-ends
let id;
const waiting = new Promise((resolve) => { id = setTimeout(resolve, 1e6); });
clearTimeout(id);
await waiting;
