// Imports in a field and a static block of a class.
// expect: rejected
// bites
class Loader { static fs; static { Loader.fs = import("node:fs"); } }
return `ESCAPED ${typeof (await Loader.fs).readFileSync}`;
