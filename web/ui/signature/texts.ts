import { en } from './en.ts';
import { fr } from './fr.ts';

export const sealTexts = { en, fr };
