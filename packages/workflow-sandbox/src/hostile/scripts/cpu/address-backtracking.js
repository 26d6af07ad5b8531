// Gives addresses that are slow to take apart.
// expect: safe | limited:cpu-limit | limited:memory-limit
for (const text of [`a:${"/".repeat(2e6)}`, `https://${"a@".repeat(1e6)}`, `https://h/${"../".repeat(1e6)}`, `https://h/?${"&=".repeat(1e6)}`, `${"a".repeat(2e6)}:`, `https://[${":".repeat(1e6)}]`, `https://h${" ".repeat(1e6)}x`, `${" ".repeat(1e6)}x`]) {
  try { void new URL(text, "https://base.example/a/b").href; } catch (error) { if (!(error instanceof Error)) return "ESCAPED"; }
}
return "safe";
