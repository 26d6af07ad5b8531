// Sends texts that grow sixfold as JSON.
// expect: limited:message-limit | safe
const text = "\u0001".repeat(190 * 1024);
for (let at = 0; at < 60; at++) await agent(text);
return "safe";
