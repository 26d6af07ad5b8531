// Names methods, fields and private members import, which must keep their meaning.
// expect: safe
class Trade {
  #import(x) { return x; }
  static import (x) { return x; }
  async import(x) { return x; }
  get "import("() { return 8; }
  run() { return this.#import(1) + this.#import (2); }
}
const trade = { import(x) { return x; } };
const { import: bring } = trade;
const got = [new Trade().run(), Trade.import(3), await new Trade().import(4), trade.import(5), trade?.import(6), trade
  .import
  (7), new Trade()["import("], bring(9), trade.import/* of */(10), trade. import // of
  (11), /(?<import>(a))\k<import>/.test("aa")];
return got.join() === "3,3,4,5,6,7,8,9,10,11,true" ? "safe" : `ESCAPED ${got}`;
