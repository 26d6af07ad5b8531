// Values of a script as JSON text: made once, so that a getter runs once, and measured before anything is changed.
"use strict";

const { showThrown } = require("./describe.cjs");

/**
 * The text, or undefined where JSON knows no such value. Throws a TypeError that names `what` where there is none, and a
 * RangeError where it is too large or too deep.
 */
function toJson(value, what, bytesMax, depthMax) {
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
  if (isDeeper(JSON.parse(text), depthMax)) {
    throw new RangeError(`${what} is nested more than ${depthMax} levels deep.`);
  }
  return text;
}

/** Level by level, so that no depth can exhaust the stack. Plain data only. */
function isDeeper(value, depthMax) {
  let level = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth >= depthMax) return true;
    const next = [];
    for (const one of level) {
      if (typeof one !== "object" || one === null) continue;
      for (const key of Object.keys(one)) {
        if (typeof one[key] === "object" && one[key] !== null) next.push(one[key]);
      }
    }
    level = next;
  }
  return false;
}

module.exports = { toJson };
