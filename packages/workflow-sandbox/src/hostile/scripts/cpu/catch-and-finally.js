// Stays in the loop by catch and finally.
// expect: limited:cpu-limit
for (;;) { try { throw 1; } catch { continue; } finally { for (;;) { try { break; } finally { continue; } } } }
