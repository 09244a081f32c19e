import { en } from './en.ts';
import { fr } from './fr.ts';

/** Messages of the pages to which a link or a provider leads: separate, so that they do not delay the sign-in page. */
export const landingTexts = { en, fr };
