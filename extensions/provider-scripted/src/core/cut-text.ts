// Cuts a text into the pieces in which it is streamed. The pieces together are the text.

/** Words, each with the white space behind it. */
export function cutIntoWords(text: string): readonly string[] {
  return text.match(/\s*\S+\s*?(?=\S|$)|\s+$/gu) ?? [];
}

/** Pieces of at most `chars` characters; a character outside of the basic plane is not split. */
export function cutIntoPieces(text: string, chars: number): readonly string[] {
  const pieces: string[] = [];
  let piece = "";
  let length = 0;
  for (const character of text) {
    piece += character;
    length++;
    if (length === chars) {
      pieces.push(piece);
      piece = "";
      length = 0;
    }
  }
  if (piece !== "") pieces.push(piece);
  return pieces;
}
