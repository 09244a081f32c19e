/** How sign-up works on this service: the service writes it into the page. */
export type SignUpStatus = 'open' | 'first' | 'closed';

const readMeta = (name: string) => document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content;

const configured = readMeta('keyseal-sign-up');

/** `first`: there is no account yet, and the form requires the set-up token. */
export const SIGN_UP: SignUpStatus = configured === 'open' || configured === 'first' ? configured : 'closed';

/** Whether the demo account of the first startup is the only account. */
export const HAS_DEMO: boolean = readMeta('keyseal-demo') === 'on';
