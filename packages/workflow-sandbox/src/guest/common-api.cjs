// What both dialects of scripts know: the log, approvals, other workflows, and lists that are run at once.
"use strict";

const { show, showThrown } = require("./describe.cjs");

const titleCharsMax = 500;

/** Null where there is no title: an empty text is none. */
function titleOf(value) {
  return show(value).slice(0, titleCharsMax).toWellFormed() || null;
}

/** A copy: what the script does to its own list later, or makes of it, changes nothing. */
function listOf(value, name, expectation, itemCountMax) {
  if (!Array.isArray(value)) throw new TypeError(`${name}() expects ${expectation}`);
  const count = value.length;
  if (!(count <= itemCountMax)) {
    throw new RangeError(`${name}() takes no more than ${itemCountMax} items; it was given ${count}.`);
  }
  const list = [];
  for (let at = 0; at < count; at++) list.push(value[at]);
  return list;
}

function createCommonApi({ calls, log, ambient }) {
  /** What an item comes to; null where it throws, and the log says why. */
  async function orNull(what, work) {
    try {
      return await work();
    } catch (cause) {
      log.add("warn", () => `${what} ended with null: ${showThrown(cause)}`);
      return null;
    }
  }

  return {
    orNull,
    logText(...values) {
      log.addValues("info", values);
    },
    console: {
      log: (...values) => log.addValues("info", values),
      info: (...values) => log.addValues("info", values),
      debug: (...values) => log.addValues("info", values),
      trace: (...values) => log.addValues("info", values),
      dir: (value) => log.addValues("info", [value]),
      table: (value) => log.addValues("info", [value]),
      group: (...values) => log.addValues("info", values),
      groupEnd: () => undefined,
      warn: (...values) => log.addValues("warn", values),
      error: (...values) => log.addValues("error", values),
    },
    setPhase(title) {
      const next = titleOf(title);
      if (next === null || next === ambient.phase) return;
      ambient.phase = next;
      log.phase(next);
    },
    announce: log.phase,
    async workflow(reference, args) {
      const text = calls.jsonOf(reference, "The first argument of workflow()");
      if (text === undefined) throw new TypeError("workflow() expects the name of a workflow.");
      const argsText = calls.jsonOf(args, "The args of workflow()");
      return await calls.ask("workflow", {
        reference: text,
        args: argsText,
        phase: JSON.stringify(ambient.phase),
      });
    },
    async approve(question, options) {
      const text = calls.textOf(question, "The question of approve()");
      const { text: optionsText } = calls.optionsOf(options, "The options of approve()");
      return await calls.ask("approve", { question: text, options: optionsText });
    },
  };
}

module.exports = { createCommonApi, listOf, titleOf };
