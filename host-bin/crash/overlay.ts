/** The same object with some functions of its own. */
export function overlay<T extends object>(below: T, own: Partial<T>): T {
  return new Proxy(below, {
    get: (_, name) => {
      const found: unknown = Reflect.get(own, name) ?? Reflect.get(below, name);
      return typeof found === "function" ? found.bind(below) : found;
    },
  });
}
