// The pictures of buttons: lines on a grid of 20, in the color of the text around them.
import type { JSX } from "preact";

const paths = {
  add: "M10 4v12M4 10h12",
  "arrow-left": "M12.5 4.5 7 10l5.5 5.5",
  "arrow-right": "M7.5 4.5 13 10l-5.5 5.5",
  "arrow-down": "M10 4v11.5M5 10.5l5 5 5-5",
  branch:
    "M6 7.5v5M14 7.5v.5c0 2.5-2 3-4 3s-4 .5-4 2M6 3.5a2 2 0 1 0 0 4 2 2 0 0 0 0-4M14 3.5a2 2 0 1 0 0 4 2 2 0 0 0 0-4M6 12.5a2 2 0 1 0 0 4 2 2 0 0 0 0-4",
  check: "m4 10.5 4 4L16 6",
  clock: "M10 3.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13M10 6.5V10l2.5 2",
  close: "m5 5 10 10M15 5 5 15",
  conversation: "M4 4.5h12v8.5H9l-3.5 3V13H4z",
  copy: "M7 7h9v9H7zM13 7V4H4v9h3",
  edit: "m4 16 .8-3.4L13 4.4l2.6 2.6-8.2 8.2z",
  error: "M10 3 17.5 16.5h-15zM10 8v4M10 14.2v.1",
  exchange: "M3.5 7h12M12.5 4l3 3-3 3M16.5 13h-12M7.5 10l-3 3 3 3",
  extension: "M4 7.5h3.2V6a1.8 1.8 0 0 1 3.6 0v1.5H14v3h.7a1.8 1.8 0 0 1 0 3.6H14v2.4H4z",
  help: "M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14M7.8 8c.2-3 4.6-2.7 4.4.1-.1 1.6-2.2 1.6-2.2 3.4M10 13.7v.1",
  menu: "M3.5 5.5h13M3.5 10h13M3.5 14.5h13",
  moon: "M15.5 12A6.5 6.5 0 0 1 8 4.5a6.5 6.5 0 1 0 7.5 7.5z",
  play: "M6.5 4.5v11l9-5.5z",
  refresh: "M15.5 10a5.5 5.5 0 1 1-1.6-3.9M15.5 3.5v3h-3",
  restore: "M4.5 10a5.5 5.5 0 1 0 1.6-3.9M4.5 3.5v3h3",
  runs: "M4 5h12M4 10h8M4 15h10",
  search: "M8.8 4a4.8 4.8 0 1 0 0 9.6 4.8 4.8 0 0 0 0-9.6M12.5 12.5 16.5 16.5",
  send: "M3.5 10 16.5 4l-4 12.5-3-5.2zM9.5 11.3l7-7.3",
  side: "M3.5 4.5h13v11h-13zM12 4.5v11",
  "sign-out": "M8 4H4v12h4M12.5 6.5 16 10l-3.5 3.5M16 10H8",
  stop: "M5.5 5.5h9v9h-9z",
  sun: "M10 6.8a3.2 3.2 0 1 0 0 6.4 3.2 3.2 0 0 0 0-6.4M10 2.5v1.6M10 15.9v1.6M2.5 10h1.6M15.9 10h1.6M4.7 4.7l1.1 1.1M14.2 14.2l1.1 1.1M4.7 15.3l1.1-1.1M14.2 5.8l1.1-1.1",
  timeline: "M5 3.5v13M5 6h6M5 10h10M5 14h4",
  trace: "M3.5 5h6M6.5 10h9M9.5 15h5",
  tool: "M12.5 3.5a4 4 0 0 0-3.8 5.2l-5 5 2.6 2.6 5-5a4 4 0 0 0 5-5L13.8 8 12 6.2l2.4-2.4a4 4 0 0 0-1.9-.3z",
  workflow: "M3.5 4h5v4h-5zM11.5 12h5v4h-5zM6 8v6h5.5",
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name }: { readonly name: IconName }): JSX.Element {
  return (
    <svg class="icon" viewBox="0 0 20 20" width="16" height="16" aria-hidden="true" focusable="false">
      <path
        d={paths[name]}
        fill="none"
        stroke="currentColor"
        stroke-width="1.6"
        stroke-linecap="round"
        stroke-linejoin="round"
      />
    </svg>
  );
}
