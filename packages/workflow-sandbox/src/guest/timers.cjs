// setTimeout and clearTimeout for scripts: a bounded number that wait at once, and no object of Node's.
"use strict";

const startTimer = setTimeout;
const stopTimer = clearTimeout;

const pendingCountMax = 1000;
const delayMsMax = 2 ** 31 - 1;

/** `onError` is told what a callback threw, `onFired` that one has run. */
function createTimers({ onError, onFired }) {
  const pending = new Map();
  let lastId = 0;

  function fire(id, callback, values) {
    pending.delete(id);
    try {
      callback(...values);
    } catch (cause) {
      onError(cause);
    }
    onFired();
  }

  return {
    get pendingCount() {
      return pending.size;
    },
    setTimeout(callback, delay, ...values) {
      if (typeof callback !== "function") throw new TypeError("setTimeout() expects a function.");
      const delayMs = Math.min(Math.max(Number(delay ?? 0) || 0, 0), delayMsMax);
      if (pending.size >= pendingCountMax) {
        throw new RangeError(`No more than ${pendingCountMax} timers may wait at once.`);
      }
      lastId += 1;
      const id = lastId;
      pending.set(
        id,
        startTimer(() => fire(id, callback, values), delayMs),
      );
      return id;
    },
    clearTimeout(id) {
      if (!pending.has(id)) return;
      stopTimer(pending.get(id));
      pending.delete(id);
      onFired();
    },
  };
}

module.exports = { createTimers };
