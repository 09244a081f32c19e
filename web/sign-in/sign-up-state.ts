/** How one signs up here: the service has written it into the page. */
export type SignUpState = 'open' | 'first' | 'closed';

const told = document.querySelector<HTMLMetaElement>('meta[name="keyseal-sign-up"]')?.content;

/** `first`: there is no account yet, and the set-up token is asked for. */
export const SIGN_UP: SignUpState = told === 'open' || told === 'first' ? told : 'closed';
