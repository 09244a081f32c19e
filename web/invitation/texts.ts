import { en } from './en.ts';
import { fr } from './fr.ts';

export const invitationTexts = { en, fr };
