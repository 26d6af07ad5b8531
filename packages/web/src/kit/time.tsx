// Points in time: short to read, exact on demand.
import type { JSX } from "preact";

const sameDay: Intl.DateTimeFormat = new Intl.DateTimeFormat(undefined, {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
});
const otherDay: Intl.DateTimeFormat = new Intl.DateTimeFormat(undefined, {
  month: "short",
  day: "numeric",
  hour: "2-digit",
  minute: "2-digit",
});

const sameDayShort: Intl.DateTimeFormat = new Intl.DateTimeFormat(undefined, {
  hour: "2-digit",
  minute: "2-digit",
});

export interface TimeProps {
  /** Milliseconds since 1970; null is a dash. */
  readonly atMs: number | null;
  /** Without the seconds of today: where they would only be in the way. */
  readonly isShort?: boolean;
}

export function Time({ atMs, isShort = false }: TimeProps): JSX.Element {
  if (atMs === null) return <span>–</span>;
  const date = new Date(atMs);
  const isToday = date.toDateString() === new Date().toDateString();
  return (
    <time dateTime={date.toISOString()} title={date.toLocaleString()}>
      {(isToday ? (isShort ? sameDayShort : sameDay) : otherDay).format(date)}
    </time>
  );
}
