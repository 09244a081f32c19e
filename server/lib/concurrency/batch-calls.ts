/**
 * Handles items in batches.
 * @param schedule called at the first item of a batch, with the function that handles the batch
 * @param handle must not throw: the items after it would be lost
 */
export function batchCalls<T>(
  schedule: (handleAll: () => void) => void,
  handle: (item: T) => void,
): (item: T) => void {
  let items: T[] = [];
  const handleAll = () => {
    const batch = items;
    items = [];
    for (const item of batch) handle(item);
  };
  return (item) => {
    if (items.push(item) === 1) schedule(handleAll);
  };
}
