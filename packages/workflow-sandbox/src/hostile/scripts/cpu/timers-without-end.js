// Renews a thousand timers without end.
// expect: limited:cpu-limit
const again = () => { for (let at = 0; at < 2000; at++) Math.sqrt(at); setTimeout(again, 0); };
for (let at = 0; at < 900; at++) setTimeout(again, 0);
await new Promise(() => 0);
