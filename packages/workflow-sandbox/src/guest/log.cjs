// What a script says: its log lines and the titles of its phases, within bounds. What is beyond them is counted.
"use strict";

const { send } = require("./wire.cjs");
const { show } = require("./describe.cjs");

function createLog(limits) {
  let lineCount = 0;
  let byteCount = 0;
  let droppedCount = 0;
  let phaseCount = 0;

  function isFull() {
    return lineCount >= limits.logLineCountMax || byteCount >= limits.logBytesMax;
  }

  function write(level, text) {
    const line = cutLine(text);
    const bytes = Buffer.byteLength(line);
    if (lineCount >= limits.logLineCountMax || byteCount + bytes > limits.logBytesMax) {
      droppedCount += 1;
      return;
    }
    lineCount += 1;
    byteCount += bytes;
    send("log", { level: JSON.stringify(level), text: JSON.stringify(line) });
  }

  function cutLine(text) {
    const start = text.slice(0, limits.logLineBytesMax).toWellFormed();
    const encoded = Buffer.from(start);
    if (start.length === text.length && encoded.length <= limits.logLineBytesMax) return start;
    // Three bytes are left for the sign that something was cut off; a character that the cut broke goes too.
    const kept = encoded.toString("utf8", 0, limits.logLineBytesMax - 3).replace(/\ufffd+$/u, "");
    return `${kept}…`;
  }

  /** `text` may be a function: it is not asked for what would be dropped. */
  function add(level, text) {
    if (isFull()) droppedCount += 1;
    else write(level, typeof text === "function" ? text() : text);
  }

  return {
    add,
    addValues(level, values) {
      add(level, () => values.map(show).join(" "));
    },
    phase(title) {
      if (phaseCount >= limits.phaseCountMax) return;
      phaseCount += 1;
      send("phase", { title: JSON.stringify(title) });
    },
    /** Says how much is missing. */
    finish() {
      if (droppedCount === 0) return;
      const text = `${droppedCount} more log lines were dropped: a script may write ${limits.logLineCountMax} lines and ${limits.logBytesMax} bytes.`;
      send("log", { level: '"warn"', text: JSON.stringify(text) });
    },
  };
}

module.exports = { createLog };
