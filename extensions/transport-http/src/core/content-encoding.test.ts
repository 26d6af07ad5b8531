import fc from "fast-check";
import { expect, test } from "vitest";
import { chooseEncoding } from "./content-encoding.ts";

const bytes = new Uint8Array();
const all = { identity: bytes, br: bytes, gzip: bytes };

test("the smallest that is taken is sent, and the content as it is to whoever takes none", () => {
  const chosen = {
    "": "identity",
    "gzip, deflate, br, zstd": "br",
    "gzip, deflate": "gzip",
    "GZIP;Q=0.5": "gzip",
    "br;q=0, gzip": "gzip",
    "br;q=0.000,gzip;q=0.001": "gzip",
    "*": "br",
    "*;q=0": "identity",
    "*;q=0, gzip": "gzip",
    "br;q=0, *": "gzip",
    "identity, br;q=0.1": "identity",
    "identity;q=0": "identity",
    "br;q=2, gzip;q=-1": "identity",
    "br;q=1;q=0, gzip;x=1": "identity",
    "brotli, x-gzip": "identity",
    ";,;;q=1,,": "identity",
    "br;q=0, br": "identity",
  };
  const given = Object.keys(chosen).map((header) => [header, chooseEncoding(header, all)]);
  expect(Object.fromEntries(given)).toEqual(chosen);
  expect(chooseEncoding(undefined, all)).toBe("identity");
  expect(chooseEncoding("br, gzip", { identity: bytes, gzip: bytes })).toBe("gzip");
});

test("whatever is sent, the answer is there, and a form that was refused by name is never chosen", () => {
  const item = fc.tuple(
    fc.constantFrom("br", "gzip", "identity", "*", "deflate", ""),
    fc.constantFrom("", ";q=0", ";q=1", ";q=0.5", "; q=0.0", ";q", ";q=x"),
  );
  fc.assert(
    fc.property(fc.array(item), fc.boolean(), (items, hasBr) => {
      const bodies = hasBr ? all : { identity: bytes, gzip: bytes };
      const chosen = chooseEncoding(items.map((parts) => parts.join("")).join(","), bodies);
      expect(bodies).toHaveProperty(chosen);
      const [, weight] = items.find(([name]) => name === chosen) ?? [];
      if (chosen !== "identity") expect([undefined, "", ";q=1", ";q=0.5"]).toContain(weight);
    }),
  );
});
