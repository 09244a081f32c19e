/** For lists that others change while they are shown: an invitation is accepted elsewhere. */
export const KEEP_FRESH = { refetchInterval: 10_000, refetchOnWindowFocus: 'always' } as const;
