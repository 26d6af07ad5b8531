// Takes away from the language whatever could reach out of a script, and makes the one compartment that it runs in.
"use strict";

const { readFileSync } = require("node:fs");
const { Script } = require("node:vm");

const FeralError = Error;
const OriginalSuppressedError = globalThis.SuppressedError;

// Far frames must not hide the line of the script that called.
FeralError.stackTraceLimit = 50;

const options = {
  errorTaming: "safe",
  overrideTaming: "severe",
  consoleTaming: "unsafe",
  errorTrapping: "none",
  unhandledRejectionTrapping: "none",
  reporting: "none",
  stackFiltering: "verbose",
  localeTaming: "safe",
  evalTaming: "safe-eval",
  domainTaming: "safe",
};

// What is not named here is deleted: an engine or a version of ses that brings something new adds nothing to scripts.
const allowedNames = new Set([
  ...["Infinity", "NaN", "undefined", "globalThis", "isFinite", "isNaN", "parseFloat", "parseInt"],
  ...["decodeURI", "decodeURIComponent", "encodeURI", "encodeURIComponent"],
  ...[
    "Array",
    "BigInt",
    "Boolean",
    "Date",
    "Function",
    "Iterator",
    "JSON",
    "Map",
    "Math",
    "Number",
    "Object",
  ],
  ...["Promise", "Proxy", "Reflect", "RegExp", "Set", "String", "Symbol", "WeakMap", "WeakSet"],
  ...["Error", "EvalError", "RangeError", "ReferenceError", "SyntaxError", "TypeError", "URIError"],
  ...["AggregateError", Symbol.unscopables],
]);

const pastTime =
  "is not available in workflow scripts, which must do the same when they are run again. " +
  "Pass a timestamp in args.";

function createDate(Original) {
  function WorkflowDate(...parts) {
    if (new.target === undefined) throw new TypeError(`Date() ${pastTime}`);
    if (parts.length === 0) throw new TypeError(`new Date() without arguments ${pastTime}`);
    return Reflect.construct(Original, parts, new.target);
  }
  const methods = {
    now() {
      throw new TypeError(`Date.now() ${pastTime}`);
    },
  };
  Object.defineProperties(WorkflowDate, {
    name: { value: "Date" },
    length: { value: 7 },
    prototype: { value: Original.prototype, writable: false },
    now: { value: methods.now },
    parse: { value: Original.parse },
    UTC: { value: Original.UTC },
  });
  return WorkflowDate;
}

function createMath(original) {
  const methods = {
    random() {
      throw new TypeError(
        "Math.random() is not available in workflow scripts, which must do the same when they are run again. " +
          "To tell agents apart, use the index of each in its prompt.",
      );
    },
  };
  const descriptors = Object.getOwnPropertyDescriptors(original);
  return Object.create(Object.prototype, { ...descriptors, random: { value: methods.random } });
}

function createInertFunction() {
  function NoFunction() {
    throw new EvalError(
      "new Function() is not available in workflow scripts: write the function in the file.",
    );
  }
  Object.defineProperties(NoFunction, {
    name: { value: "Function" },
    prototype: { value: Function.prototype, writable: false },
  });
  return NoFunction;
}

/**
 * Without importModuleDynamically: whatever form of import is evaluated later rejects. `cached` is the code cache of a
 * process that had the same flags.
 */
function loadSes(file, cached) {
  const source = readFileSync(file, "utf8");
  const script = new Script(source, { filename: "ses", ...(cached && { cachedData: cached }) });
  script.runInThisContext();
  return script;
}

function lockDown(sesFile, cached) {
  const script = loadSes(sesFile, cached);
  // They would let a script write numbers into JSON that are read as Infinity.
  delete JSON.rawJSON;
  delete JSON.isRawJSON;
  globalThis.repairIntrinsics(options);
  const TamedError = Error.prototype.constructor;
  if (OriginalSuppressedError) Object.setPrototypeOf(OriginalSuppressedError, TamedError);
  const WorkflowDate = createDate(Date.prototype.constructor);
  Object.defineProperty(Date.prototype, "constructor", { value: WorkflowDate });
  globalThis.hardenIntrinsics();
  const { harden } = globalThis;
  if (OriginalSuppressedError) harden(OriginalSuppressedError);
  Object.freeze(FeralError);
  const replaced = harden({
    Date: WorkflowDate,
    Math: createMath(Math),
    Function: createInertFunction(),
  });
  return { script, harden, stackOf: globalThis.getStackString, replaced };
}

/** A compartment that holds the names on the list and nothing else. */
function createCompartment(replaced) {
  const compartment = new globalThis.Compartment({ __options__: true, globals: {} });
  const scope = compartment.globalThis;
  for (const name of Reflect.ownKeys(scope)) {
    if (!allowedNames.has(name)) delete scope[name];
  }
  for (const name of Object.keys(replaced)) {
    Object.defineProperty(scope, name, {
      value: replaced[name],
      writable: false,
      enumerable: false,
      configurable: false,
    });
  }
  return compartment;
}

module.exports = { lockDown, createCompartment };
