// Throws null out of nested finally blocks.
// expect: failed:script-error
try { throw undefined; } finally { try { throw Symbol("s"); } catch {} throw null; }
