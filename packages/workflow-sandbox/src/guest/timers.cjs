// setTimeout and clearTimeout for scripts: a bounded number that wait at once, and no object of Node's. They fire by the time
// that the daemon tells and by no clock, in the order in which they are due: a script that is told the same again does the
// same again.
"use strict";

// Taken before anything can be changed.
const soon = setImmediate;

const pendingCountMax = 1000;
const delayMsMax = 2 ** 31 - 1;

/** `onError` is told what a callback threw. */
function createTimers({ onError }) {
  /** By id, which grows: of those that are due at once the one that was set first comes first. */
  const pending = new Map();
  let lastId = 0;
  let nowMs = 0;

  function earliest() {
    let found;
    for (const timer of pending.values()) if (!found || timer.dueMs < found.dueMs) found = timer;
    return found;
  }

  function fire({ id, callback, values }) {
    pending.delete(id);
    try {
      callback(...values);
    } catch (cause) {
      onError(cause);
    }
  }

  return {
    get pendingCount() {
      return pending.size;
    },
    /** In milliseconds of the script's time; undefined while none waits. */
    get nextDueMs() {
      return earliest()?.dueMs;
    },
    /** It is so late now: fires what is due, each when the one before has led to all that it leads to, and then calls back. */
    tell(toMs, done) {
      const next = earliest();
      if (next === undefined || next.dueMs > toMs) {
        nowMs = Math.max(nowMs, toMs);
        done();
        return;
      }
      nowMs = Math.max(nowMs, next.dueMs);
      fire(next);
      soon(() => this.tell(toMs, done));
    },
    setTimeout(callback, delay, ...values) {
      if (typeof callback !== "function") throw new TypeError("setTimeout() expects a function.");
      // Not less than one: a timer that sets itself again and again must come to an end with each time that is told.
      const delayMs = Math.trunc(Math.min(Math.max(Number(delay ?? 0) || 0, 1), delayMsMax));
      if (pending.size >= pendingCountMax) {
        throw new RangeError(`No more than ${pendingCountMax} timers may wait at once.`);
      }
      lastId += 1;
      const id = lastId;
      pending.set(id, { id, dueMs: nowMs + delayMs, callback, values });
      return id;
    },
    clearTimeout(id) {
      pending.delete(id);
    },
  };
}

module.exports = { createTimers };
