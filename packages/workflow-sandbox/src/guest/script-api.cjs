// The dialect in which the file is the body of a function: agent(prompt, options), parallel(thunks), pipeline(items, ...).
"use strict";

const { listOf, titleOf } = require("./common-api.cjs");

function createScriptApi({ calls, limits, ambient, common, budget, nullStopsPipeline }) {
  async function agent(prompt, options) {
    const promptText = calls.textOf(prompt, "The prompt of agent()");
    const { text, copy } = calls.optionsOf(options, "The options of agent()");
    const phase = typeof copy.phase === "string" ? titleOf(copy.phase) : ambient.phase;
    return await calls.ask("agent", {
      prompt: promptText,
      options: text,
      phase: JSON.stringify(phase),
      budgets: "[]",
    });
  }

  async function parallel(thunks) {
    const expectation = "an array of functions";
    const list = listOf(thunks, "parallel", expectation, limits.itemCountMax);
    if (!list.every((thunk) => typeof thunk === "function")) {
      throw new TypeError(`parallel() expects ${expectation}`);
    }
    return await Promise.all(
      list.map((thunk, index) => common.orNull(`Item ${index} of parallel()`, () => thunk())),
    );
  }

  async function pipeline(items, ...stages) {
    const list = listOf(items, "pipeline", "an array as the first argument", limits.itemCountMax);
    if (!stages.every((stage) => typeof stage === "function")) {
      throw new TypeError("pipeline() expects functions after the first argument");
    }
    return await Promise.all(
      list.map((item, index) =>
        common.orNull(`Item ${index} of pipeline()`, () => passThrough(item, index, stages)),
      ),
    );
  }

  async function passThrough(item, index, stages) {
    let previous = item;
    for (const stage of stages) {
      previous = await stage(previous, item, index);
      if (previous === null && nullStopsPipeline) return null;
    }
    return previous;
  }

  return {
    globals: {
      agent,
      parallel,
      pipeline,
      phase: common.setPhase,
      log: common.logText,
      budget: {
        get total() {
          return budget.total;
        },
        spent: () => budget.spent,
        remaining: () => (budget.total === null ? Infinity : Math.max(0, budget.total - budget.spent)),
      },
      console: common.console,
    },
    lexicals: { workflow: common.workflow, approve: common.approve },
  };
}

module.exports = { createScriptApi };
