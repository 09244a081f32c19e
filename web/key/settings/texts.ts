import { en } from './en.ts';
import { fr } from './fr.ts';

export const settingsTexts = { en, fr };
