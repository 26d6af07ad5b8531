// Puts into words whatever a script threw or wrote to its log. Each look at a value of the script may run its code, and
// may throw.
"use strict";

const messageCharsMax = 2000;
const nameCharsMax = 100;
const places = /(?:at new ([^\s(]+) \()?workflow:script:(\d+):(\d+)/g;
const classDepthMax = 20;

function cut(text, charsMax) {
  const whole = text.toWellFormed();
  return whole.length <= charsMax ? whole : `${whole.slice(0, charsMax).toWellFormed()}…`;
}

function readText(value, key) {
  try {
    const read = value[key];
    return typeof read === "string" ? read : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value) {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}

/** What somebody threw: `{ name?, message }`. Never throws. */
function describeThrown(thrown) {
  const message = isObject(thrown) ? readText(thrown, "message") : undefined;
  if (message === undefined)
    return { message: `The script threw ${cut(showPlain(thrown), messageCharsMax)}.` };
  const name = readText(thrown, "name");
  return { ...(name && { name: cut(name, nameCharsMax) }), message: cut(message, messageCharsMax) };
}

/** The same in one line. */
function showThrown(thrown) {
  const { name, message } = describeThrown(thrown);
  const [first = ""] = message.split("\n");
  return name ? `${name}: ${first}` : first;
}

/** As the log shows it. Never throws. */
function show(value) {
  if (typeof value === "string") return value;
  return isError(value) ? showThrown(value) : showPlain(value);
}

function isError(value) {
  try {
    return value instanceof Error;
  } catch {
    return false;
  }
}

function showPlain(value) {
  try {
    if (typeof value === "function") return "[a function]";
    if (!isObject(value)) return String(value);
    return JSON.stringify(value) ?? "[nothing that JSON can hold]";
  } catch {
    return "[something that cannot be shown]";
  }
}

/**
 * Where in the user's file an error was made, or undefined. What the script says about it is not asked. Places that
 * belong to what was put around the file are passed over: `columnOffset` columns on line 1, and the last line. So are the
 * constructors of the error's own classes: where one was called is what somebody looks for.
 */
function placeOf(error, stackOf, { columnOffset, lineCount }) {
  if (!isObject(error)) return undefined;
  try {
    const ownClasses = ownClassesOf(error);
    for (const [, made, lineText, columnText] of stackOf(error).matchAll(places)) {
      if (ownClasses.delete(made)) continue;
      const line = Number(lineText);
      const column = Number(columnText) - (line === 1 ? columnOffset : 0);
      if (column >= 1 && line < lineCount) return { line, column };
    }
  } catch {
    return undefined;
  }
  return undefined;
}

/** The names of the classes that stand between an error and Error. */
function ownClassesOf(error) {
  const names = new Set();
  let prototype = Object.getPrototypeOf(error);
  for (let depth = 0; depth < classDepthMax && prototype !== null && prototype !== Error.prototype; depth++) {
    const made = Object.getOwnPropertyDescriptor(prototype, "constructor")?.value;
    if (typeof made === "function") names.add(Object.getOwnPropertyDescriptor(made, "name")?.value);
    prototype = Object.getPrototypeOf(prototype);
  }
  return names;
}

module.exports = { describeThrown, showThrown, show, placeOf, isObject };
