// tsyringe refuses to load without `Reflect.getMetadata`, which it asks for the constructor parameters of decorated
// classes. Lathe registers factories only, so there is nothing to tell it.

const reflect: typeof Reflect & { getMetadata?: () => unknown } = Reflect;
reflect.getMetadata ??= () => undefined;

export {};
