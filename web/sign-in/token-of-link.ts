import { useState } from 'react';

/** The token behind `#` in the link that led here: it is never sent with the page, and is taken out of the address. */
export function useTokenOfLink(): string {
  const [token] = useState(() => globalThis.location.hash.slice(1));
  if (globalThis.location.hash) {
    globalThis.history.replaceState(globalThis.history.state, '', globalThis.location.pathname);
  }
  return token;
}
