// What a recorded process did, in its order: writes and flushes of the data file, and what the test noted between them.

export type JournalRecord =
  | { readonly kind: "write"; readonly offset: number; readonly bytes: Buffer; readonly isFlushed: boolean }
  | { readonly kind: "write-returned" }
  | { readonly kind: "flush" }
  | { readonly kind: "flush-returned" }
  | { readonly kind: "length"; readonly bytes: number }
  | { readonly kind: "note"; readonly note: Note };

export type Note =
  /** A commit was asked for: it writes two rows of this number, and deletes those of another one. */
  | { readonly kind: "begun"; readonly id: number; readonly worker: number; readonly deletes: number | null }
  | { readonly kind: "acknowledged"; readonly id: number };

const headBytes = 16;

/** A note as the recorded process appends it: in one write. */
export function noteRecord(note: Note): Buffer {
  const text = Buffer.from(JSON.stringify(note));
  const head = Buffer.alloc(headBytes);
  head.write("M");
  head.writeUInt32LE(text.length, 4);
  return Buffer.concat([head, text]);
}

export function readJournal(journal: Buffer): readonly JournalRecord[] {
  const records: JournalRecord[] = [];
  for (let at = 0; at + headBytes <= journal.length; ) {
    const end = at + headBytes + journal.readUInt32LE(at + 4);
    const kind = journal.toString("latin1", at, at + 1);
    records.push(
      recordOf(kind, Number(journal.readBigUInt64LE(at + 8)), journal.subarray(at + headBytes, end)),
    );
    at = end;
  }
  return records;
}

function recordOf(kind: string, offset: number, bytes: Buffer): JournalRecord {
  if (kind === "W" || kind === "D") return { kind: "write", offset, bytes, isFlushed: kind === "D" };
  if (kind === "E") return { kind: "write-returned" };
  if (kind === "S") return { kind: "flush" };
  if (kind === "T") return { kind: "flush-returned" };
  if (kind === "F") return { kind: "length", bytes: offset };
  if (kind === "M") return { kind: "note", note: JSON.parse(bytes.toString()) as Note };
  throw new Error(`The journal holds "${kind}", which the model of the disk does not know.`);
}
