// Never ends valueOf of a delay.
// expect: limited:cpu-limit
return setTimeout(() => 0, { valueOf() { for (;;); } });
