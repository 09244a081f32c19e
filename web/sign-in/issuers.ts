/** An identity provider with which people sign in. */
export interface IssuerChoice {
  readonly name: string;
  /** Its name for people. */
  readonly title: string;
}

const configured = document.querySelector<HTMLMetaElement>('meta[name="keyseal-issuers"]')?.content;

/** The identity providers of this service, which it writes into the page; the development server writes none. */
export const ISSUERS: readonly IssuerChoice[] = configured?.startsWith('[') ? JSON.parse(configured) : [];
