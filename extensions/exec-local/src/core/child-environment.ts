// The environment of a command: what the host lets this extension see of the daemon's own, then the overlay of the
// call, then the marker, which nothing can replace.

/** Names the variable by which every process of one command is found again. */
export const markerName = "LATHE_RUN_MARKER";

export type ChildEnvironment =
  | { readonly kind: "valid"; readonly variables: Readonly<Record<string, string>> }
  | { readonly kind: "invalid"; readonly message: string };

export function composeEnvironment(
  passedOn: Readonly<Record<string, string>>,
  overlay: Readonly<Record<string, string>>,
  own: { readonly marker: string; readonly workingFolder: string },
): ChildEnvironment {
  for (const [name, value] of Object.entries(overlay)) {
    if (name === "" || name.includes("=") || name.includes("\0") || value.includes("\0")) {
      const message = `The environment variable ${JSON.stringify(name)} cannot be passed on: a name is not empty and holds no "=", and neither part holds a NUL character.`;
      return { kind: "invalid", message };
    }
  }
  const variables = { ...passedOn, PWD: own.workingFolder, ...overlay, [markerName]: own.marker };
  return { kind: "valid", variables };
}
