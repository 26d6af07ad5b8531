/** The version of the daemon and its command line; the one in package.json. */
export const version = "0.1.0";
