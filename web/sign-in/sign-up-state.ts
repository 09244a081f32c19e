/** How sign-up works on this service: the service writes it into the page. */
export type SignUpStatus = 'open' | 'first' | 'closed';

const configured = document.querySelector<HTMLMetaElement>('meta[name="keyseal-sign-up"]')?.content;

/** `first`: there is no account yet, and the form requires the set-up token. */
export const SIGN_UP: SignUpStatus = configured === 'open' || configured === 'first' ? configured : 'closed';
