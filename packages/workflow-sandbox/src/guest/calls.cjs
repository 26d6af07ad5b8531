// What a script asks of the host: sent, counted, and settled by the answers.
//
// Invariants
//   C1  Calls are counted from 0 in the order in which the script made them, and are sent in that order. A call that is
//       refused here takes no number.
//   C2  No more than `waitingCallCountMax` wait at the host at once; those beyond are held back until an answer comes.
//   C3  Whatever can throw, or can run code of the script, has happened before anything is changed: whoever calls ask()
//       has made the texts, and has seen that there is stack left.
"use strict";

const { isObject } = require("./describe.cjs");
const { toJson } = require("./json.cjs");
const { send } = require("./wire.cjs");

function createCalls(limits) {
  const waiting = new Map();
  const held = [];
  const origins = new WeakMap();
  let count = 0;
  let sentCount = 0;
  let answeredCount = 0;

  function ask(kind, fields) {
    if (count >= limits.callCountMax) {
      throw new RangeError(
        `A script may make ${limits.callCountMax} calls of agents, workflows and approvals; this one has made them all.`,
      );
    }
    const origin = new Error("asked here");
    return new Promise((resolve, reject) => {
      const index = count;
      count += 1;
      waiting.set(index, { resolve, reject, origin });
      held.push({ index, kind, fields });
      sendHeld();
    });
  }

  function sendHeld() {
    while (held.length > 0 && sentCount - answeredCount < limits.waitingCallCountMax) {
      const { index, kind, fields } = held.shift();
      sentCount += 1;
      send(kind, { index: String(index), ...fields });
    }
  }

  function answer(message) {
    answeredCount += 1;
    const call = waiting.get(message.index);
    if (call !== undefined) {
      waiting.delete(message.index);
      if (message.error === undefined) call.resolve(message.value);
      else call.reject(toPlainError(message.error, call.origin));
    }
    sendHeld();
  }

  /** An error of the host's has two properties of its own, both texts, and knows nothing of the host. */
  function toPlainError({ name, message }, origin) {
    const error = new Error();
    delete error.stack;
    Object.defineProperties(error, {
      name: { value: name, writable: true, enumerable: true, configurable: true },
      message: { value: message, writable: true, enumerable: true, configurable: true },
    });
    origins.set(error, origin);
    return error;
  }

  function textOf(value, what) {
    if (typeof value !== "string") throw new TypeError(`${what} must be a string.`);
    const bytes = Buffer.byteLength(value);
    if (bytes > limits.promptBytesMax) {
      throw new RangeError(`${what} has ${bytes} bytes; ${limits.promptBytesMax} are allowed.`);
    }
    return JSON.stringify(value.toWellFormed());
  }

  function jsonOf(value, what) {
    return toJson(value, what, limits.optionsBytesMax, limits);
  }

  /** The options as the script gave them: `{ text, copy }`, the copy plain data. */
  function optionsOf(value, what) {
    if (value === undefined || value === null) return { text: "{}", copy: {} };
    const text = isObject(value) ? jsonOf(value, what) : undefined;
    const copy = text === undefined ? undefined : JSON.parse(text);
    if (!isObject(copy) || Array.isArray(copy)) throw new TypeError(`${what} must be an object.`);
    return { text, copy };
  }

  return {
    ask,
    answer,
    textOf,
    jsonOf,
    optionsOf,
    originOf: (error) => (isObject(error) ? origins.get(error) : undefined),
    get openCount() {
      return waiting.size;
    },
    get askedCount() {
      return count;
    },
    get answeredCount() {
      return answeredCount;
    },
  };
}

module.exports = { createCalls };
