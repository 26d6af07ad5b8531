// Throws a message with escapes and halves of characters.
// expect: failed:script-error
throw new Error("\u001b[2J\u0000\r\n\ud800\u202e");
