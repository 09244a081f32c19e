/** Under which name the guarded service is called, as it is signed. */
export const AUTHORITY = 'orders.example.com';

/** The same route twice. */
export const OPEN = '/open';
export const GUARDED = '/guarded';
