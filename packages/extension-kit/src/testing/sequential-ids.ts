import type { IdsPower } from "@lathe/kernel";

/** Ids that count: `cnv_` and 32 digits, one higher each time whatever the prefix, so they sort as real ones do. */
export function sequentialIds(): IdsPower {
  let count = 0;
  return {
    newId: (prefix) => {
      count += 1;
      return `${prefix}_${String(count).padStart(32, "0")}`;
    },
  };
}
