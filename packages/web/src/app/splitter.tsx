// The line between two panes: dragged, or moved by the arrow keys.
import type { Signal } from "@preact/signals";
import type { JSX, TargetedPointerEvent } from "preact";

export interface SplitterProps {
  readonly label: string;
  /** Width of the pane that it belongs to, in CSS pixels. */
  readonly width: Signal<number>;
  readonly min: number;
  readonly max: number;
  /** On which side of the line the pane is. */
  readonly side: "before" | "after";
}

const stepPx = 24;

export function Splitter({ label, width, min, max, side }: SplitterProps): JSX.Element {
  const sign = side === "before" ? 1 : -1;
  const set = (next: number): void => {
    width.value = Math.round(Math.min(max, Math.max(min, next)));
  };
  const drag = (event: TargetedPointerEvent<HTMLDivElement>): void => {
    const { currentTarget: line, clientX: from, pointerId } = event;
    // What is shown may be less than what was chosen, where the window is narrow.
    const began = line.parentElement?.offsetWidth ?? width.value;
    const move = ({ clientX }: PointerEvent): void => set(began + sign * (clientX - from));
    const end = (): void => line.removeEventListener("pointermove", move);
    line.setPointerCapture(pointerId);
    line.addEventListener("pointermove", move);
    line.addEventListener("lostpointercapture", end, { once: true });
    event.preventDefault();
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a rule cannot be moved.
    <div
      class={`splitter splitter-${side}`}
      role="separator"
      aria-orientation="vertical"
      aria-label={label}
      aria-valuenow={width.value}
      aria-valuemin={min}
      aria-valuemax={max}
      tabIndex={0}
      onPointerDown={drag}
      onKeyDown={(event) => {
        if (event.key === "ArrowRight") set(width.value + sign * stepPx);
        else if (event.key === "ArrowLeft") set(width.value - sign * stepPx);
        else if (event.key === "Home") set(min);
        else if (event.key === "End") set(max);
        else return;
        event.preventDefault();
      }}
    />
  );
}
