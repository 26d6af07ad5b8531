import { type Token, token } from "@lathe/kernel";

/** Where the daemon answers over HTTP; offered once it listens. */
export interface HttpAddress {
  /** Scheme, host and the port that was really taken, without a slash at its end: `http://127.0.0.1:4646`. */
  readonly url: string;
}

export const HttpAddressService: Token<HttpAddress> = token<HttpAddress>("http-address");
