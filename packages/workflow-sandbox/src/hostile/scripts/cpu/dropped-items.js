// Drops endlessly many items of an iterator.
// expect: limited:cpu-limit
return Iterator.from({ next: () => ({ done: false, value: 1 }) }).drop(Infinity).next();
