/** How one signs up here: the service has written it into the page. */
export type SignUpStatus = 'open' | 'first' | 'closed';

const told = document.querySelector<HTMLMetaElement>('meta[name="keyseal-sign-up"]')?.content;

/** `first`: there is no account yet, and the set-up token is asked for. */
export const SIGN_UP: SignUpStatus = told === 'open' || told === 'first' ? told : 'closed';
