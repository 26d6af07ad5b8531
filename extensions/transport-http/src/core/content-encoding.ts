// Which of several forms of one content a caller is sent (RFC 9110, section 12.5.3).
import type { SurfaceBodies } from "@lathe/extension-kit";

export type Encoding = keyof SurfaceBodies;

// Smallest first.
const compressed: readonly Exclude<Encoding, "identity">[] = ["br", "gzip"];

/** The smallest that the caller takes; whoever takes none of them is sent the content as it is. */
export function chooseEncoding(acceptEncoding: string | undefined, bodies: SurfaceBodies): Encoding {
  const weights = readWeights(acceptEncoding ?? "");
  const accepted = compressed.filter((encoding) => {
    const weight = weights.get(encoding) ?? weights.get("*") ?? 0;
    return bodies[encoding] !== undefined && weight > 0 && weight >= (weights.get("identity") ?? 0);
  });
  return accepted[0] ?? "identity";
}

/** What is named twice has its first weight; what cannot be read has none. */
function readWeights(acceptEncoding: string): ReadonlyMap<string, number> {
  const weights = new Map<string, number>();
  for (const item of acceptEncoding.split(",")) {
    const [coding = "", ...parameters] = item.split(";");
    const name = coding.trim().toLowerCase();
    if (name !== "" && !weights.has(name)) weights.set(name, readWeight(parameters));
  }
  return weights;
}

function readWeight(parameters: readonly string[]): number {
  if (parameters.length === 0) return 1;
  const weight = /^[ \t]{0,8}q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)[ \t]{0,8}$/i.exec(parameters[0] ?? "")?.[1];
  return parameters.length === 1 && weight !== undefined ? Number(weight) : 0;
}
