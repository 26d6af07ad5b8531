// A process for the test that kills it: writes numbered records for as long as it lives.
import { JournalFiles } from "../edge/journal-files.ts";
import { logRecord } from "./records.ts";

const files = new JournalFiles(process.argv[2] ?? "", { fileBytesMax: 1_000_000_000, fileCountMax: 1 });
for (let index = 0; ; index++) {
  await files.append(`${JSON.stringify(logRecord(String(index)))}\n`);
  if (index === 200) process.stdout.write("well under way\n");
}
