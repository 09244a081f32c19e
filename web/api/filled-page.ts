interface Page {
  readonly items: readonly unknown[];
  /** Null if it is the last page. */
  readonly nextCursor: string | null;
}

/** Reads pages until one has items or is the last: the service ends a page after it has looked at many rows, even if none matches. */
export async function readFilledPage<P extends Page>(
  cursor: string | null,
  read: (position: { readonly cursor?: string }) => Promise<P>,
): Promise<P> {
  const page = await read(cursor === null ? {} : { cursor });
  return page.items.length === 0 && page.nextCursor !== null ? readFilledPage(page.nextCursor, read) : page;
}
