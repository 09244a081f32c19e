import { useBlocker } from '@tanstack/react-router';

/**
 * Asks before the page is left, reloaded or closed, as long as the component is shown.
 * @param isActive whether there is anything to lose
 */
export function useLeaveGuard(question: string, isActive = true): void {
  useBlocker({
    shouldBlockFn: () => !globalThis.confirm(question),
    enableBeforeUnload: isActive,
    disabled: !isActive,
  });
}
