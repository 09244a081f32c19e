/** The authority of the guarded service, as it is signed. */
export const AUTHORITY = 'orders.example.com';

/** The same route twice. */
export const OPEN = '/open';
export const GUARDED = '/guarded';
