// The dialect in which the file exports an object with run(api, args): agent(id, definition) defines an agent, which
// starts when somebody waits for it or hands it to parallel(), pipeline() or phase().
//
// A context, `{ phase, budgets }`, follows a function of the script through all that it awaits, so that the agents that it
// starts belong to the phase and spend from the shared budgets of whoever called it.
"use strict";

const { AsyncLocalStorage } = require("node:async_hooks");
const { listOf, titleOf } = require("./common-api.cjs");
const { isObject } = require("./describe.cjs");

const budgetDepthMax = 32;

function createObjectApi({ calls, limits, ambient, common, budget, nullStopsPipeline, present }) {
  const contexts = new AsyncLocalStorage();
  const steps = new WeakMap();
  const runBudgets = [];
  let budgetCount = 0;

  function currentContext() {
    return contexts.getStore() ?? { phase: null, budgets: [] };
  }

  function tokensOf(value, what) {
    if (value === undefined || value === null) return undefined;
    const tokens = isObject(value) ? value.tokens : value;
    if (!Number.isSafeInteger(tokens) || tokens < 1) {
      throw new TypeError(`${what} must be a whole number of tokens, 1 or more.`);
    }
    return tokens;
  }

  function openBudget(tokens) {
    budgetCount += 1;
    return { id: budgetCount - 1, tokens };
  }

  function contextWith(tokens, phase) {
    const outer = currentContext();
    const budgets = tokens === undefined ? outer.budgets : [...outer.budgets, openBudget(tokens)];
    return { phase: phase ?? outer.phase, budgets };
  }

  function agent(id, definition) {
    if (typeof id !== "string" || id === "")
      throw new TypeError("agent() expects an id as the first argument.");
    const { copy } = calls.optionsOf(definition, "The second argument of agent()");
    const { prompt, budget: own, ...options } = copy;
    if (typeof prompt !== "string") {
      throw new TypeError(`agent(${JSON.stringify(id)}) needs { prompt: "..." } as the second argument.`);
    }
    const tokens = tokensOf(own, "The budget of an agent");
    const step = { prompt, tokens, options: { ...options, label: id }, context: currentContext() };
    const handle = present("handle", {
      id,
      // biome-ignore lint/suspicious/noThenProperty: an agent is waited for like a promise, and starts by that.
      then: (onValue, onError) => start(step, step.context).then(onValue, onError),
      catch: (onError) => start(step, step.context).catch(onError),
      finally: (onEnd) => start(step, step.context).finally(onEnd),
    });
    steps.set(handle, step);
    return handle;
  }

  /** Once: who comes later waits for the same answer. */
  function start(step, context, previous) {
    step.started ??= ask(step, context, previous);
    return step.started;
  }

  async function ask({ prompt, tokens, options }, context, previous) {
    const budgets = [...runBudgets, ...context.budgets];
    if (tokens !== undefined) budgets.push(openBudget(tokens));
    if (budgets.length > budgetDepthMax) {
      throw new RangeError(`An agent may spend from no more than ${budgetDepthMax} shared budgets.`);
    }
    const phase =
      typeof options.phase === "string" ? titleOf(options.phase) : (context.phase ?? ambient.phase);
    return await calls.ask("agent", {
      prompt: calls.textOf(withPrevious(prompt, previous), "The prompt of agent()"),
      options: calls.jsonOf(options, "The options of agent()"),
      phase: JSON.stringify(phase),
      budgets: JSON.stringify(budgets),
    });
  }

  function withPrevious(prompt, previous) {
    if (previous === undefined) return prompt;
    const text = typeof previous === "string" ? previous : JSON.stringify(previous, null, 2);
    return `${prompt}\n\n## Output of the previous step\n\n${text}`;
  }

  function isRunnable(item) {
    return (
      typeof item === "function" || (isObject(item) && (steps.has(item) || typeof item.then === "function"))
    );
  }

  function runnables(value, name) {
    const expectation = "an array of agents or functions";
    const list = listOf(value, name, expectation, limits.itemCountMax);
    if (!list.every(isRunnable)) throw new TypeError(`${name}() expects ${expectation}`);
    return list;
  }

  async function runItem(item, context, previous, values) {
    if (steps.has(item)) return await start(steps.get(item), context, previous);
    if (typeof item === "function") return await contexts.run(context, () => item(...values));
    return await item;
  }

  async function runAtOnce(list, context, name) {
    return await Promise.all(
      list.map((item, index) =>
        common.orNull(`Item ${index} of ${name}()`, () => runItem(item, context, undefined, [])),
      ),
    );
  }

  async function parallel(items, options) {
    const list = runnables(items, "parallel");
    const { copy } = calls.optionsOf(options, "The second argument of parallel()");
    return await runAtOnce(list, contextWith(tokensOf(copy.budget, "The budget of parallel()")), "parallel");
  }

  async function pipeline(items) {
    const list = runnables(items, "pipeline");
    const context = currentContext();
    let previous;
    for (const [index, item] of list.entries()) {
      previous = await runItem(item, context, previous, [previous, index]);
      if (previous === null && nullStopsPipeline) return null;
    }
    return previous;
  }

  function phase(title, body) {
    if (body === undefined) return common.setPhase(title);
    return runPhase(titleOf(title), body);
  }

  async function runPhase(title, body) {
    if (!isObject(body)) throw new TypeError("phase() expects { agents, budget } as the second argument.");
    const list = runnables(body.agents, "phase");
    const context = contextWith(tokensOf(body.budget, "The budget of phase()"), title);
    if (title !== null) common.announce(title);
    return await runAtOnce(list, context, "phase");
  }

  function openRunBudget(limit) {
    const total = tokensOf(limit, "The limit of budget()");
    if (total === undefined) throw new TypeError("budget() expects a number of tokens.");
    if (runBudgets.length >= budgetDepthMax) {
      throw new RangeError(`budget() may be called ${budgetDepthMax} times in a run.`);
    }
    runBudgets.push(openBudget(total));
    const before = budget.spent;
    const spent = () => Math.max(0, budget.spent - before);
    return present("budget", { total, spent, remaining: () => Math.max(0, total - spent()) });
  }

  return {
    globals: {
      agent,
      parallel,
      pipeline,
      phase,
      log: common.logText,
      budget: openRunBudget,
      console: common.console,
    },
    lexicals: { workflow: common.workflow, approve: common.approve },
  };
}

module.exports = { createObjectApi };
