// What a helper process is asked to do with a store, and what it says. It is a process of its own, since a damaged file
// may end whoever reads it, and since lmdb's copy cannot be stopped otherwise.

import type { Walk } from "../core/walk-report.ts";
import type { Watermarks } from "../core/watermark.ts";

export type CareJob =
  | {
      readonly kind: "walk";
      readonly folder: string;
      /** Refuse where another process has the store open. */
      readonly alone: boolean;
    }
  | {
      readonly kind: "copy";
      readonly folder: string;
      /** An empty folder, on the disk that the copy is for. */
      readonly target: string;
      readonly compact: boolean;
      readonly alone: boolean;
      /** What the disk of the target must have left afterwards. */
      readonly marks: Watermarks;
    };

export interface Copy {
  readonly fileBytes: number;
  /** Of the copy, read back. */
  readonly walk: Walk;
}

export type CareMessage =
  | { readonly kind: "progress"; readonly progress: CareProgress }
  | { readonly kind: "walked"; readonly walk: Walk }
  | { readonly kind: "copied"; readonly copy: Copy }
  | { readonly kind: "no-space"; readonly message: string }
  | { readonly kind: "failed"; readonly message: string };

export interface CareProgress {
  readonly doneCount: number;
  readonly totalCount: number;
  readonly unit: "bytes" | "rows";
}
