// Values of a script as JSON text: made once, so that a getter runs once, and measured before anything is changed.
"use strict";

const { showThrown } = require("./describe.cjs");

/**
 * The text, or undefined where JSON knows no such value. Throws a TypeError that names `what` where there is none, and a
 * RangeError where it is larger than `bytesMax`, too deep, or of too many parts.
 */
function toJson(value, what, bytesMax, limits) {
  let text;
  try {
    text = JSON.stringify(value);
  } catch (cause) {
    throw new TypeError(`${what} cannot be written as JSON (${showThrown(cause)}).`);
  }
  if (text === undefined) return undefined;
  const bytes = Buffer.byteLength(text);
  if (bytes > bytesMax) {
    throw new RangeError(`${what} has ${bytes} bytes as JSON; ${bytesMax} are allowed.`);
  }
  checkShape(JSON.parse(text), what, limits);
  return text;
}

/** Level by level, so that no depth can exhaust the stack. Plain data only. */
function checkShape(value, what, { depthMax, containerCountMax }) {
  let level = isContainer(value) ? [value] : [];
  let count = 0;
  for (let depth = 0; level.length > 0; depth++) {
    if (depth >= depthMax) throw new RangeError(`${what} is nested more than ${depthMax} levels deep.`);
    count += level.length;
    if (count > containerCountMax) {
      throw new RangeError(`${what} has more than ${containerCountMax} objects and lists in it.`);
    }
    const next = [];
    for (const container of level) {
      for (const part of Object.values(container)) if (isContainer(part)) next.push(part);
    }
    level = next;
  }
}

function isContainer(value) {
  return typeof value === "object" && value !== null;
}

module.exports = { toJson };
