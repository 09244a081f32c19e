import { useBlocker } from '@tanstack/react-router';
import { useEffect } from 'react';

/** What the shown pages and dialogs ask before they are left. */
const guards = new Set<{ readonly question: string }>();

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
  useEffect(() => {
    if (!isActive) return;
    const guard = { question };
    guards.add(guard);
    return () => void guards.delete(guard);
  }, [question, isActive]);
}

/**
 * Asks what a navigation would ask, for what must not happen if the user stays: a blocked `navigate` never resolves
 * by itself, but a later one resolves it. Then navigate with `ignoreBlocker`.
 * @returns whether the page may be left
 */
export const mayLeave = (): boolean => [...guards].every(({ question }) => globalThis.confirm(question));
