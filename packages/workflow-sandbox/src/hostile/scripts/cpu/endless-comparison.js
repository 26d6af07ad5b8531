// Compares without end while it sorts.
// expect: limited:cpu-limit
return [3, 2, 1].sort(() => { for (;;); });
