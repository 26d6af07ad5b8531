// The workflows that there are, as a folder sees them: its own, those of the folders above it up to the repository's root,
// those of the home, and those that come with extensions. Scripts are read and parsed here, and never run.
import { basename } from "node:path";
import type { Contributions, WorkflowScript } from "@lathe/kernel";
import type { WorkflowFolderWarning, WorkflowProblem, WorkflowSource } from "@lathe/wire";
import type { CompiledScript, ScriptCompiler } from "@lathe/workflow-sandbox";
import { type Arrangement, arrange } from "./arrange.ts";
import { type FoundScript, foundScript, type LibraryItem } from "./library-item.ts";
import type { ListedFile, ScriptFiles } from "./script-files.ts";
import { type ReadScript, ScriptReader } from "./script-reader.ts";
import { unknownNameMessage } from "./unknown-name.ts";

export interface LibraryDesk {
  readonly compiler: ScriptCompiler;
  readonly builtIn: Contributions<WorkflowScript>;
  /** Undefined = nobody has a home here. */
  readonly home: string | undefined;
  readonly files: ScriptFiles;
}

export interface NoFolder {
  readonly kind: "no-folder";
  readonly message: string;
}

export type LibraryListing =
  | {
      readonly kind: "listed";
      /** As in `Arrangement`. */
      readonly items: readonly LibraryItem[];
      readonly warnings: readonly WorkflowFolderWarning[];
    }
  | NoFolder;

export type LookUp =
  | {
      readonly kind: "found";
      readonly source: string;
      readonly script: CompiledScript;
      readonly place: WorkflowSource;
      readonly item: LibraryItem;
    }
  /** There is one of the name, and it cannot be run. */
  | { readonly kind: "broken"; readonly problem: WorkflowProblem; readonly item: LibraryItem }
  /** The message names what there is, and what was probably meant. */
  | { readonly kind: "unknown"; readonly message: string; readonly names: readonly string[] }
  | NoFolder;

/** In the order in which they count. */
const workflowFolders = [".lathe/workflows", ".claude/workflows"] as const;

export class WorkflowLibrary {
  readonly #desk: LibraryDesk;
  readonly #reader: ScriptReader;

  constructor(desk: LibraryDesk) {
    this.#desk = desk;
    this.#reader = new ScriptReader(desk.compiler, desk.files);
  }

  /** All workflows that a folder sees; without one those of the home and the built-in ones. */
  async list(cwd: string | undefined): Promise<LibraryListing> {
    const seen = await this.#look(cwd);
    if (seen.kind === "no-folder") return seen;
    return { kind: "listed", items: seen.arranged.items, warnings: seen.warnings };
  }

  /** The workflow that a name stands for in a folder. Names are those of the metadata. */
  async find(name: string, cwd: string | undefined): Promise<LookUp> {
    const seen = await this.#look(cwd);
    if (seen.kind === "no-folder") return seen;
    const { byName } = seen.arranged;
    const item = byName.get(name);
    if (item === undefined) {
      const names = [...byName.keys()].toSorted();
      return { kind: "unknown", message: unknownNameMessage(name, names), names };
    }
    const { script, text, source: place } = item;
    if (script === null || text === null) return { kind: "broken", problem: problemOf(item), item };
    return { kind: "found", source: text, script, place, item };
  }

  /** Forgets what was read. Changed files are read again without it. */
  reload(): void {
    this.#reader.forget();
  }

  async #look(cwd: string | undefined): Promise<Seen | NoFolder> {
    const { files, home } = this.#desk;
    const above = cwd === undefined ? [] : await files.foldersUpToRoot(cwd);
    if (above === undefined) return noFolder(cwd ?? "");
    const ownHome = home === undefined ? undefined : await files.realFolder(home);
    const warnings: WorkflowFolderWarning[] = [];
    const found: (readonly FoundScript[])[] = [];
    const visit = async (base: string, kind: "project" | "home"): Promise<void> => {
      for (const below of workflowFolders) {
        const listing = await files.list(base, below);
        warnings.push(...listing.warnings);
        found.push(await this.#readAll(listing.files, kind));
      }
    };
    for (const base of above) if (base !== ownHome) await visit(base, "project");
    if (ownHome !== undefined) await visit(ownHome, "home");
    found.push(await this.#readBuiltIn());
    return { kind: "seen", arranged: arrange(found), warnings };
  }

  async #readAll(listed: readonly ListedFile[], kind: "project" | "home"): Promise<readonly FoundScript[]> {
    const found: FoundScript[] = [];
    for (const file of listed) {
      const read: ReadScript =
        file.kind === "file"
          ? await this.#reader.readFile(file)
          : { kind: "broken", text: null, problem: file.problem };
      found.push(foundScript(read, { kind, path: file.path }, basename(file.path, ".js")));
    }
    return found;
  }

  async #readBuiltIn(): Promise<readonly FoundScript[]> {
    const found: FoundScript[] = [];
    for (const { name, item } of this.#desk.builtIn.all()) {
      const read = await this.#reader.readText(name, item.source);
      found.push(foundScript(read, { kind: "built-in", path: null }, name));
    }
    return found;
  }
}

interface Seen {
  readonly kind: "seen";
  readonly arranged: Arrangement;
  readonly warnings: readonly WorkflowFolderWarning[];
}

function problemOf({ problem }: LibraryItem): WorkflowProblem {
  return problem ?? { code: "unreadable", message: "It could not be read.", line: null, column: null };
}

function noFolder(cwd: string): NoFolder {
  return { kind: "no-folder", message: `${cwd} is no absolute path of a folder that the daemon can see.` };
}
