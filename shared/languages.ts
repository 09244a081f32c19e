/** The languages of the console and of the service's pages; the first where a reader asks for none. */
export const LANGUAGES = ['en', 'fr'] as const;
export type Language = (typeof LANGUAGES)[number];
