import { en } from './en.ts';
import { fr } from './fr.ts';

export const leakTexts = { en, fr };
