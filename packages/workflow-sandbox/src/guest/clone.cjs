// structuredClone for scripts: plain data, arrays, maps, sets, dates and errors; cycles and shared parts stay what they are.
"use strict";

const depthMax = 1000;

function structuredClone(value) {
  return copy(value, new Map(), 0);
}

function refuse(what) {
  const error = new TypeError(`structuredClone() cannot copy ${what}.`);
  Object.defineProperty(error, "name", { value: "DataCloneError" });
  return error;
}

function copy(value, copies, depth) {
  if (typeof value === "function") throw refuse("a function");
  if (typeof value === "symbol") throw refuse("a symbol");
  if (typeof value !== "object" || value === null) return value;
  if (depth > depthMax) throw refuse(`what is nested more than ${depthMax} levels deep`);
  const known = copies.get(value);
  if (known !== undefined) return known;
  const made = empty(value);
  copies.set(value, made);
  fill(made, value, (part) => copy(part, copies, depth + 1));
  return made;
}

function empty(value) {
  if (Array.isArray(value)) return [];
  if (value instanceof Map) return new Map();
  if (value instanceof Set) return new Set();
  if (value instanceof Date) return new Date(value.getTime());
  if (value instanceof Error) return new Error();
  if (value instanceof Promise || value instanceof WeakMap || value instanceof WeakSet) {
    throw refuse("a promise or a weak collection");
  }
  return {};
}

function fill(made, value, copyPart) {
  if (value instanceof Map) {
    for (const [key, part] of value) made.set(copyPart(key), copyPart(part));
  } else if (value instanceof Set) {
    for (const part of value) made.add(copyPart(part));
  } else if (value instanceof Error) {
    for (const key of ["name", "message"]) define(made, key, `${value[key]}`);
  } else if (!(value instanceof Date)) {
    for (const key of Object.keys(value)) define(made, key, copyPart(value[key]));
    if (Array.isArray(value)) made.length = value.length;
  }
}

/** Not an assignment: the name may be one that the prototypes know. */
function define(made, key, value) {
  Object.defineProperty(made, key, { value, writable: true, enumerable: true, configurable: true });
}

module.exports = { structuredClone };
