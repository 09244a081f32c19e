import { useBlocker } from '@tanstack/react-router';

/** Asks before the page is left, reloaded or closed, as long as the component is shown. */
export function useLeaveGuard(question: string): void {
  useBlocker({ shouldBlockFn: () => !globalThis.confirm(question), enableBeforeUnload: true });
}
