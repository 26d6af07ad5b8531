// Keeps itself alive by one timer after another, and waits for nothing else.
// expect: limited:time-limit
// limits: wallMs=700
for (;;) await new Promise((resolve) => setTimeout(resolve, 20));
