import type { en } from './en.ts';

export const fr: typeof en = {
  description:
    'Ce que votre programme prouve à chaque appel, et comment. Pour qui écrit du code pour appeler cette API.',
  contents: 'Sur cette page',
  key: 'Les exemples valent pour',
  noKey: 'Une clé quelconque',
  keyHint:
    'Son identifiant figure dans tous les exemples. Ses secrets ne sont pas montrés : mettez les vôtres à la place des points.',
  signInHint: "Connectez-vous pour voir les exemples avec l'identifiant de votre propre clé.",
  debugger: 'Une signature est refusée ? Trouvez pourquoi',
  snippet: (language) => `Un appel en ${language}`,
};
