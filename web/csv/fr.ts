import { countedFr } from '../language/counted.ts';
import type { en } from './en.ts';

export const fr: typeof en = {
  save: 'Tout enregistrer en CSV',
  cancel: 'Annuler',
  bound: (most) => `Toutes les lignes de cette liste, ${most} au plus.`,
  running: (rows) => `${countedFr(rows, 'ligne', 'lignes')} pour l’instant…`,
  cancelled: 'Annulé. Aucun fichier n’a été enregistré.',
  saved: (rows, written) => `Enregistré : ${written} ${rows < 2 ? 'ligne' : 'lignes'}.`,
  savedPart: (written) =>
    `Les ${written} premières lignes sont enregistrées. Il y en a d’autres : réduisez la période.`,
};
