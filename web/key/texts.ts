import { en } from './en.ts';
import { fr } from './fr.ts';

export const keyTexts = { en, fr };
