// Throws what has a message that never ends.
// expect: limited:cpu-limit
throw { get message() { for (;;); } };
