import { en } from './en.ts';
import { fr } from './fr.ts';

export const passkeyTexts = { en, fr };
