/**
 * Copies a plain object, so that nothing can change it after it was checked. A Promise, a Map or an instance of a class
 * is refused: a check that walks the properties of an object would see none of theirs, and mistake it for `{}`.
 * @param name how the error message calls it
 * @throws TypeError if it is not a plain object, or has a property that is not enumerable or is named by a symbol
 */
export function copyPlainObject<T extends object>(value: T, name: string): T {
  if (!isPlain(value))
    throw new TypeError(`${name} must be a plain object such as {}, and not ${describeKind(value)}`);
  for (const key of Reflect.ownKeys(value)) {
    if (typeof key === 'symbol' || !Object.prototype.propertyIsEnumerable.call(value, key)) {
      throw new TypeError(`${name} has the hidden property ${String(key)}`);
    }
  }
  return { ...value };
}

/** An object literal, of this realm or of another (a test runner's), or an object without a prototype. */
function isPlain(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === null) return true;
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype as object, 'isPrototypeOf');
}

function describeKind(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  return Array.isArray(value) ? 'a list' : `an object of ${value.constructor?.name || 'another kind'}`;
}
