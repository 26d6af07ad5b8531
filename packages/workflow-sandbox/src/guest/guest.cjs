// The process of one script: locks itself down, says that it is ready, runs the script that it is sent, and says how it
// ended. Started with the path of ses, the path of a code cache or "", and "build-cache" to make one instead.
"use strict";

const { readFileSync, writeSync } = require("node:fs");
const { createCalls } = require("./calls.cjs");
const { structuredClone } = require("./clone.cjs");
const { createCommonApi } = require("./common-api.cjs");
const { describeThrown, isObject, placeOf, showThrown } = require("./describe.cjs");
const { toJson } = require("./json.cjs");
const { createCompartment, lockDown } = require("./lockdown.cjs");
const { createLog } = require("./log.cjs");
const { createObjectApi } = require("./object-api.cjs");
const { createScriptApi } = require("./script-api.cjs");
const { createTimers } = require("./timers.cjs");
const { URL } = require("./url.cjs");
const { receive, send } = require("./wire.cjs");

const [, , sesFile, cacheFile, order] = process.argv;
const stackProbeDepth = 120;
const input = process.stdin;
const soon = setImmediate;

const { script, harden, stackOf, replaced } = lockDown(sesFile, readCache(cacheFile));
const compartment = createCompartment(replaced);

/** A cache that is gone costs some time, and nothing else. */
function readCache(file) {
  try {
    return file ? readFileSync(file) : undefined;
  } catch {
    return undefined;
  }
}

/** Fails here, where nothing has been changed yet, when the stack is nearly used up. */
function probeStack(depth) {
  return depth === 0 ? 0 : 1 + probeStack(depth - 1);
}

/** What a script may hold: frozen, bound to nothing of its own, and without a source text that could be read. */
function present(name, value) {
  if (typeof value === "function") {
    const guarded = (...values) => {
      probeStack(stackProbeDepth);
      return value(...values);
    };
    return harden(Object.defineProperty(guarded.bind(undefined), "name", { value: name }));
  }
  if (!isObject(value)) return value;
  const made = {};
  for (const [key, { get, value: part }] of Object.entries(Object.getOwnPropertyDescriptors(value))) {
    const shown = get ? { get: present(key, get) } : { value: present(key, part) };
    Object.defineProperty(made, key, { ...shown, enumerable: true });
  }
  return harden(made);
}

function defineGlobals(globals) {
  for (const [name, value] of Object.entries(globals)) {
    Object.defineProperty(compartment.globalThis, name, { value: present(name, value), enumerable: true });
  }
}

function evaluateNothing() {
  throw new EvalError("eval() is not available in workflow scripts: write the code in the file.");
}

class Run {
  #start;
  #budget;
  #calls;
  #log;
  #timers;
  #checking = false;
  #ended = false;

  constructor(start) {
    this.#start = start;
    this.#budget = start.budget;
    this.#calls = createCalls(start.limits);
    this.#log = createLog(start.limits);
    this.#timers = createTimers({
      onError: (cause) => this.warn("A timer's function threw", cause),
    });
  }

  async execute() {
    try {
      const value = await this.#runCode();
      this.#finish(value);
    } catch (cause) {
      this.#fail("script-error", cause);
    }
  }

  /** What was due before it comes before it. */
  answer(message, done) {
    this.#timers.tell(message.atMs, () => {
      this.#calls.answer(message);
      this.check();
      done();
    });
  }

  advance({ nowMs }, done) {
    this.#timers.tell(nowMs, () => {
      this.check();
      done();
    });
  }

  spend(budget) {
    Object.assign(this.#budget, budget);
  }

  warn(what, cause) {
    this.#log.add("warn", () => `${what}: ${showThrown(cause)}`);
  }

  /** After all that can run has run: who waits for nothing now waits for ever. */
  check() {
    if (this.#checking) return;
    this.#checking = true;
    soon(() => {
      this.#checking = false;
      if (this.#ended) return;
      if (this.#calls.openCount === 0 && this.#timers.pendingCount === 0) this.#neverEnds();
      else this.#sayWaiting();
    });
  }

  #sayWaiting() {
    const answeredCount = String(this.#calls.answeredCount);
    const dueMs = this.#timers.nextDueMs;
    if (dueMs === undefined) send("waiting", { answeredCount });
    else send("resting", { answeredCount, dueMs: String(dueMs) });
  }

  #neverEnds() {
    this.#end("failed", {
      code: '"never-ends"',
      message: JSON.stringify(
        "The script waits for something that can never happen: no agent, approval, workflow or timer is open. Look for a promise that nothing settles.",
      ),
    });
  }

  async #runCode() {
    const { dialect, code, args } = this.#start;
    const { globals, lexicals } = this.#createApi(dialect);
    defineGlobals(globals);
    const scope = compartment.globalThis;
    Object.defineProperty(scope, "args", { value: args, writable: true, enumerable: true });
    const main = compartment.evaluate(`${code}\n//# sourceURL=workflow:script`, {
      __moduleShimLexicals__: this.#lexicals(lexicals),
      __rejectSomeDirectEvalExpressions__: false,
    });
    if (dialect === "script") return await main();
    return await this.#runExported(main, { ...globals, ...lexicals, args });
  }

  async #runExported(main, api) {
    let exported;
    await main(
      present("export", (value) => {
        exported = value;
      }),
    );
    const workflow = isObject(exported) ? exported.workflow : undefined;
    if (!isObject(workflow) || typeof workflow.run !== "function") {
      throw new TypeError("The exported workflow has no run(api, args). Add it.");
    }
    const { args, ...functions } = api;
    const given = { args };
    for (const [name, value] of Object.entries(functions)) given[name] = present(name, value);
    return await workflow.run(Object.freeze(given), args);
  }

  #createApi(dialect) {
    const ambient = { phase: null };
    const parts = { calls: this.#calls, log: this.#log, ambient };
    const common = createCommonApi(parts);
    const { limits, nullStopsPipeline } = this.#start;
    const all = { ...parts, common, limits, nullStopsPipeline, budget: this.#budget, present };
    return dialect === "script" ? createScriptApi(all) : createObjectApi(all);
  }

  /** Seen by name, but no property of globalThis. */
  #lexicals(own) {
    const { setTimeout, clearTimeout } = this.#timers;
    const functions = { ...own, setTimeout, clearTimeout, structuredClone, eval: evaluateNothing };
    const lexicals = { URL: harden(URL) };
    for (const [name, value] of Object.entries(functions)) lexicals[name] = present(name, value);
    return harden(lexicals);
  }

  #finish(value) {
    const { limits } = this.#start;
    let text;
    try {
      text = toJson(value, "The result", limits.resultBytesMax, limits);
    } catch (cause) {
      this.#fail("invalid-result", { message: `${cause.message} Return less, or plain data.` });
      return;
    }
    this.#end("returned", { value: text });
  }

  #fail(code, cause) {
    const { name, message } = describeThrown(cause);
    const place = this.#placeOf(cause);
    const where = place ? ` (${place.line}:${place.column})` : "";
    this.#end("failed", {
      code: JSON.stringify(code),
      message: JSON.stringify(`${name ? `${name}: ` : ""}${message}${where}`),
      errorName: name && JSON.stringify(name),
      line: place && String(place.line),
      column: place && String(place.column),
    });
  }

  #placeOf(cause) {
    const { code, columnOffset } = this.#start;
    const around = { columnOffset, lineCount: code.split("\n").length };
    return placeOf(cause, stackOf, around) ?? placeOf(this.#calls.originOf(cause), stackOf, around);
  }

  #end(kind, fields) {
    if (this.#ended) return;
    this.#ended = true;
    this.#log.finish();
    send(kind, fields);
  }
}

let run;

function take(message, done) {
  if (message.kind === "answer") return run.answer(message, done);
  if (message.kind === "advance") return run.advance(message, done);
  if (message.kind === "start") {
    run = new Run(message);
    void run.execute();
    run.check();
  } else {
    run.spend(message.budget);
  }
  done();
}

if (order === "build-cache") {
  writeSync(1, script.createCachedData());
} else {
  process.on("unhandledRejection", (cause) =>
    run?.warn("A promise was rejected and nobody handled it", cause),
  );
  // Whoever started this process is gone.
  input.on("end", () => process.exit());
  receive(input, take);
  send("ready", { cacheRejected: String(script.cachedDataRejected === true) });
}
