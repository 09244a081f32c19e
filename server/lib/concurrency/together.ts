/**
 * Collects items, and handles all of them in one call.
 * @param schedule called with the function that handles the batch, once its first item has come
 * @param handle must not throw: the items after it would be lost
 */
export function together<T>(
  schedule: (handleAll: () => void) => void,
  handle: (item: T) => void,
): (item: T) => void {
  let items: T[] = [];
  const handleAll = () => {
    const now = items;
    items = [];
    for (const item of now) handle(item);
  };
  return (item) => {
    if (items.push(item) === 1) schedule(handleAll);
  };
}
