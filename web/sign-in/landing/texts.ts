import { en } from './en.ts';
import { fr } from './fr.ts';

/** Texts of the pages on which a link or a provider lands: apart, so that they do not delay the sign-in page. */
export const landingTexts = { en, fr };
