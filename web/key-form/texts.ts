import { en } from './en.ts';
import { fr } from './fr.ts';

export const fieldTexts = { en, fr };
export type FieldErrors = typeof en.errors;
