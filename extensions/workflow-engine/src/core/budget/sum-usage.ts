import { addUsage, noUsage, type Usage } from "@lathe/kernel";

/** What several have used together; those of which nothing is known are left out. */
export function sumUsage(usages: Iterable<Usage | null>): Usage {
  let sum = noUsage;
  for (const usage of usages) if (usage !== null) sum = addUsage(sum, usage);
  return sum;
}
