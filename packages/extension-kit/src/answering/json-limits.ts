import type { FieldError } from "@lathe/wire";

const depthMax = 64;

/**
 * What must not be sent although JSON could write it: more than 64 levels, numbers beyond a double's range, text
 * that is not Unicode. Undefined = it is fine. A loop, not a recursion: depth is what it must survive.
 */
export function checkJson(root: unknown): FieldError | undefined {
  const pending: { readonly value: unknown; readonly field: string; readonly depth: number }[] = [
    { value: root, field: "", depth: 1 },
  ];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { value, field, depth } = next;
    if (typeof value === "number" && !Number.isFinite(value))
      return { field, message: "The number is too large." };
    if (typeof value === "string" && !value.isWellFormed())
      return { field, message: "The text is not valid Unicode." };
    if (typeof value !== "object" || value === null) continue;
    if (depth > depthMax) return { field, message: `JSON may be nested ${depthMax} levels deep.` };
    for (const key of Object.keys(value)) {
      if (!key.isWellFormed()) return { field, message: "A field's name is not valid Unicode." };
      const inner = (value as Record<string, unknown>)[key];
      // Plain text cannot go deeper, and is most of what comes: it need not wait in the list.
      if (typeof inner === "string" && inner.isWellFormed()) continue;
      pending.push({ value: inner, field: field === "" ? key : `${field}.${key}`, depth: depth + 1 });
    }
  }
  return undefined;
}
