import { en } from './en.ts';
import { fr } from './fr.ts';

export const debuggerTexts = { en, fr };
