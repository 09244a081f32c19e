import type { en } from './en.ts';

export const fr: typeof en = {
  description:
    'Ce que votre programme prouve à chaque appel, et comment. Pour les développeurs qui appellent cette API.',
  contents: 'Sur cette page',
  key: 'Les exemples valent pour',
  noKey: 'Une clé quelconque',
  keyHint:
    'Son identifiant figure dans tous les exemples. Ses secrets ne sont pas affichés : remplacez les points par les vôtres.',
  signInHint: 'Connectez-vous pour voir les exemples avec l’identifiant de votre propre clé.',
  debugger: 'Une signature est refusée ? Trouvez pourquoi',
  snippet: (language) => `Un appel en ${language}`,
};
