// Where the built page lies, for whoever serves it. The daemon's side of this package; what runs in a browser is in src/.

/** A folder with `index.html` and `assets/`, their names hashed; it is absent until the page was built. */
export const builtPageFolder: URL = new URL("./page/", import.meta.url);
