// Recurses in finally, which swallows the end of the stack.
// expect: limited:cpu-limit
const dive = () => { try { dive(); } finally { dive(); } };
dive();
