import { useState } from 'react';

/** The token after `#` in a link. Browsers never send it with the page, and this removes it from the address bar. */
export function useTokenOfLink(): string {
  const [token] = useState(() => globalThis.location.hash.slice(1));
  if (globalThis.location.hash) {
    globalThis.history.replaceState(globalThis.history.state, '', globalThis.location.pathname);
  }
  return token;
}
