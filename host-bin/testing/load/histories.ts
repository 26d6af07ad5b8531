// Whether those who followed were told the same.
export function historiesOf(
  witnesses: readonly { readonly entries: readonly string[]; readonly differing: readonly string[] }[],
): { readonly historyCount: number; readonly differingCount: number } {
  return {
    historyCount: new Set(witnesses.map(({ entries }) => entries.join("\n"))).size,
    differingCount: witnesses.filter(({ differing }) => differing.length > 0).length,
  };
}
