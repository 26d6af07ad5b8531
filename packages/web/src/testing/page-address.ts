// The address of a page, for tests of what links to places: there is none in Node. Imported before what reads it.
Object.defineProperty(globalThis, "location", {
  value: new URL("http://127.0.0.1:4646/"),
  configurable: true,
});
