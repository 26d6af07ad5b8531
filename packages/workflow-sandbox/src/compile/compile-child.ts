// The process that parses. It is asked one source at a time and is ended from outside where one takes too long.
// It says `ready` first, and ends when nobody can ask it any more.
import { compileSource } from "./compile-source.ts";
import { FrameReader, frameOf } from "./frames.ts";

// Escapes of JSON make a text at most six times as long.
const requestBytesMax = 4 * 1024 * 1024;

const frames = new FrameReader(requestBytesMax);
process.stdin.on("data", (piece: Buffer) => {
  for (const source of frames.push(piece)) process.stdout.write(frameOf(compileSource(String(source))));
});
process.stdin.on("end", () => process.exit(0));
process.stdout.on("error", () => process.exit(0));
process.stdout.write(frameOf("ready"));
