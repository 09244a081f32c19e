import { en } from './en.ts';
import { fr } from './fr.ts';

export const feedbackTexts = { en, fr };
