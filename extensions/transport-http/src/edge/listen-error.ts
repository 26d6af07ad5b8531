/** The server could not take its address. */
export class ListenError extends Error {
  readonly code: "port-in-use" | "port-not-permitted" | "address-not-available";
  readonly host: string;
  readonly port: number;

  constructor(cause: NodeJS.ErrnoException, host: string, port: number) {
    const [code, sentence] = explain(cause.code, host, port);
    super(sentence, { cause });
    this.name = "ListenError";
    this.code = code;
    this.host = host;
    this.port = port;
  }
}

function explain(cause: string | undefined, host: string, port: number): [ListenError["code"], string] {
  if (cause === "EADDRINUSE")
    return [
      "port-in-use",
      `Port ${port} on ${host} is in use, perhaps by another daemon. Stop that one, choose another with --port, or let --port 0 pick a free one.`,
    ];
  if (cause === "EACCES")
    return [
      "port-not-permitted",
      `This user may not listen on port ${port} of ${host}. Choose one above 1023 with --port.`,
    ];
  return [
    "address-not-available",
    `The daemon cannot listen on ${host}, port ${port} (${cause ?? "unknown"}).`,
  ];
}
