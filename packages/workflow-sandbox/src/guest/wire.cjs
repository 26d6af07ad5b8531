// Frames between a guest and the daemon: four bytes of length, most significant first, and JSON in UTF-8.
"use strict";

const { writeSync } = require("node:fs");

const headerBytes = 4;
const output = 1;
// Taken before anything can be changed.
const soon = setImmediate;

/** Blocks until the pipe has taken it: a guest that says much is held up by whoever reads it. */
function sendText(text) {
  const bodyBytes = Buffer.byteLength(text);
  const frame = Buffer.allocUnsafe(headerBytes + bodyBytes);
  frame.writeUInt32BE(bodyBytes, 0);
  frame.write(text, headerBytes);
  let sent = 0;
  while (sent < frame.length) sent += writeSync(output, frame, sent);
}

/** The fields are JSON already, so that each was made and measured by whoever knows its bound. */
function send(kind, fields = {}) {
  let text = `{"kind":${JSON.stringify(kind)}`;
  for (const name of Object.keys(fields)) {
    if (fields[name] !== undefined) text += `,${JSON.stringify(name)}:${fields[name]}`;
  }
  sendText(`${text}}`);
}

/**
 * Hands each message that the daemon sends to `take`, each in a turn of the loop of its own, and the next when it has called
 * back: what a script does for one answer, it has done before it gets the next, whether they come together or not.
 */
function receive(input, take) {
  const waiting = [];
  let held = Buffer.alloc(0);
  const takeNext = () =>
    take(waiting[0], () => {
      waiting.shift();
      if (waiting.length > 0) soon(takeNext);
    });
  input.on("data", (chunk) => {
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    while (held.length >= headerBytes) {
      const end = headerBytes + held.readUInt32BE(0);
      if (held.length < end) return;
      waiting.push(JSON.parse(held.toString("utf8", headerBytes, end)));
      held = held.subarray(end);
      if (waiting.length === 1) soon(takeNext);
    }
  });
}

module.exports = { send, receive };
