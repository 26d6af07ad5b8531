// Numbers as people read them. An unknown one is a dash, never a zero.

/** `850 ms`, `3.2 s`, `2 min 05 s`, `1 h 04 min`. */
export function duration(ms: number | null): string {
  if (ms === null) return "–";
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(ms < 10_000 ? 1 : 0)} s`;
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 60) return `${minutes} min ${pad(Math.floor((ms % 60_000) / 1_000))} s`;
  return `${Math.floor(minutes / 60)} h ${pad(minutes % 60)} min`;
}

/** `950`, `12.4k`, `1.2M`. */
export function count(amount: number | null): string {
  if (amount === null) return "–";
  if (amount < 10_000) return String(amount);
  if (amount < 1_000_000) return `${(amount / 1_000).toFixed(1)}k`;
  return `${(amount / 1_000_000).toFixed(1)}M`;
}

/** `640 B`, `12 kB`, `5.0 MB`; of what is counted in characters the same. */
export function size(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${(bytes / 1_000).toFixed(bytes < 10_000 ? 1 : 0)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** `87 %` of a share from 0 to 1. */
export function percent(share: number | null): string {
  return share === null ? "–" : `${Math.round(share * 100)} %`;
}

/** `1 turn`, `3 turns`. */
export function counted(amount: number, singular: string, plural: string = `${singular}s`): string {
  return `${count(amount)} ${amount === 1 ? singular : plural}`;
}

/** How a share of input from the cache is judged: with a word, for those who do not see colors. */
export function cacheGrade(share: number | null): "high" | "low" | "very low" | "unknown" {
  if (share === null) return "unknown";
  if (share >= 0.5) return "high";
  return share >= 0.2 ? "low" : "very low";
}

function pad(amount: number): string {
  return String(amount).padStart(2, "0");
}
