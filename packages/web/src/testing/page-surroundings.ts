// What modules of the page look at when they are loaded. Import it before them.
Object.assign(globalThis, {
  location: { origin: "http://127.0.0.1:1", pathname: "/", search: "", hash: "" },
});
