// Never ends toString of an address.
// expect: limited:cpu-limit
return new URL({ toString() { for (;;); } });
