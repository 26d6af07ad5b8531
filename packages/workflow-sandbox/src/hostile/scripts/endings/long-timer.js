// Waits for a timer of years.
// expect: limited:time-limit
// limits: wallMs=700
await new Promise((resolve) => setTimeout(resolve, 1e12));
