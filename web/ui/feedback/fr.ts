import type { en } from './en.ts';

export const fr: typeof en = {
  loading: 'Chargement',
  offline: 'Vous êtes hors ligne. Votre saisie est conservée. Réessayez quand vous aurez une connexion.',
  noAnswer: 'Le service ne répond pas',
  noAnswerMore: 'Il démarre peut-être, ou la connexion est perdue. Votre saisie est conservée.',
  again: 'Réessayer',
  reason: 'Motif',
  requestId: 'Identifiant de requête',
  more: 'En savoir plus sur ce motif',
  broken: 'Une erreur est survenue de notre côté',
  brokenMore: 'Recharger la page peut suffire.',
  offlinePage: 'Vous êtes hors ligne',
  offlinePageMore: 'Cette page n’a pas encore été chargée. Rechargez-la quand vous aurez une connexion.',
  reload: 'Recharger',
  brokenPart: 'Cette partie de la page ne peut pas être affichée',
  brokenPartMore:
    'Le service a envoyé une réponse que cette page ne comprend pas. Si cela se reproduit, rechargez la page : le service a peut-être été mis à jour.',
};
