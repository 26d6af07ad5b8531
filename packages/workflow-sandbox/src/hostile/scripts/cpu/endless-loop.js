// Loops without end.
// expect: limited:cpu-limit
while (true) {}
