/**
 * The version of the public protocol, in the sense of semantic versioning: a field or an event that is added is a
 * minor change, one that is taken away or means something else is a major one.
 */
export const protocolVersion = "0.1.0";
