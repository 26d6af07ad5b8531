// Writes escapes for terminals and lines that look like other lines.
// expect: safe
log("\u001b[2J\u001b]0;owned\u0007\r\n{\"level\":\"error\"}\u0000\u202eevil\u2066");
console.warn("\b\b\b\b\u009b31mred\u0085");
phase("a\r\nb\u001b[1A");
return (await agent("x", { label: "\u001b[31m" })) === "echo:x" ? "safe" : "ESCAPED";
