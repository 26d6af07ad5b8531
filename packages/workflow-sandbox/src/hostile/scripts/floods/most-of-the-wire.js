// Sends as much as it may in every call.
// expect: limited:message-limit | safe
const text = "m".repeat(190 * 1024);
for (let at = 0; at < 400; at++) await agent(text, { text });
return "safe";
