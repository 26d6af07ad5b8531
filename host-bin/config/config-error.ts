/** The configuration cannot be used; the message names the field and where it is set. */
export class ConfigurationError extends Error {
  readonly code = "configuration-invalid";

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "ConfigurationError";
  }
}

/** What is wrong was said on the command line. */
export class FlagError extends ConfigurationError {
  constructor(message: string) {
    super(message);
    this.name = "FlagError";
  }
}
