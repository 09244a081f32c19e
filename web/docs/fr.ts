import type { en } from './en.ts';

export const fr: typeof en = {
  securityMore:
    'Ce que votre programme prouve à chaque appel, et comment. Pour qui programme un client de cette API.',
  indexMore: 'Tout pour appeler cette API, gérer ses clés et exploiter le service.',
  groups: {
    start: 'Premiers pas',
    sign: 'Signer des requêtes',
    keys: 'Clés et équipes',
    build: 'Construire avec Keyseal',
    operate: 'Exploiter',
    project: 'Le projet',
  },
  groupsMore: {
    start: 'De zéro au premier appel accepté.',
    sign: 'Ce qui prouve un appel, dans tous les langages.',
    keys: 'Qui peut appeler quoi, et à quelle fréquence.',
    build: 'Vos propres procédures, et des services qui vérifient les appels.',
    operate: 'Installer, configurer, surveiller et sécuriser le service.',
    project: 'Ce qu’il garantit, ce qu’il coûte et ce qui change.',
  },
  inEnglish: 'en anglais',
  startHere: 'Par où commencer',
  starts: {
    quickstart: {
      title: 'Faire un premier appel',
      more: 'Démarrez le service, créez une clé et collez une commande.',
    },
    'sign-a-request': {
      title: 'Signer une requête',
      more: 'Les dix lignes et l’en-tête, pour tous les langages.',
    },
    troubleshooting: {
      title: 'Corriger un appel refusé',
      more: 'De ce que vous voyez à sa cause.',
    },
    'operators/production-checklist': {
      title: 'Passer en production',
      more: 'Ce qu’il faut régler et vérifier avant que d’autres en dépendent.',
    },
  },
  pages: 'Pages de la documentation',
  allPages: 'Toutes les pages',
  contents: 'Sur cette page',
  previous: (title) => `Précédent : ${title}`,
  next: (title) => `Suivant : ${title}`,
  onlyEnglish: 'Cette page n’existe qu’en anglais.',
  api: 'Référence de l’API',
  refusals: 'Refus',
  search: 'Rechercher dans la documentation',
  searchHint: 'Des mots, un code d’erreur, un réglage',
  results: 'Résultats de la recherche',
  found: (count) => (count === 1 ? '1 résultat' : `${count} résultats`),
  nothing: (words) => `Aucune page ne contient « ${words} »`,
  nothingMore: 'Essayez avec moins de mots, ou une autre orthographe.',
  key: 'Les exemples valent pour',
  noKey: 'Une clé quelconque',
  keyHint:
    'Son identifiant figure dans tous les exemples. Ses secrets ne sont pas affichés : remplacez les points par les vôtres.',
  signInHint: 'Connectez-vous pour voir les exemples avec l’identifiant de votre propre clé.',
  debugger: 'Une signature est refusée ? Trouvez pourquoi',
  snippets: 'L’appel dans chaque langage',
  snippet: (language) => `Un appel en ${language}`,
};
