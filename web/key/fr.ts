import { countedFr } from '../language/counted.ts';
import type { en } from './en.ts';

/** Seconds of the units that a window is written in, the longest first. */
const WINDOWS = [
  ['jour', 86_400],
  ['heure', 3_600],
  ['minute', 60],
  ['seconde', 1],
] as const;

export const fr: typeof en = {
  noSuchKey: 'Clé introuvable',
  noSuchKeyHere: (id) => `Il n’y a pas de clé ${id} dans cet espace de travail`,
  noSuchKeyMore:
    'Elle a peut-être été supprimée, l’URL est peut-être mal saisie, ou elle appartient à un autre de vos espaces de travail : choisissez-le en haut.',
  toKeys: 'Retour aux clés d’API',
  playground: 'Essayer dans le bac à sable',
  lastUsed: (fromNow) => `Dernière utilisation : ${fromNow}`,
  neverUsed: 'Jamais utilisée',
  previous: 'Les secrets d’avant la dernière rotation restent valables',
  previousUntil: (date) => `Les secrets précédents sont valables jusqu’au ${date}.`,
  previousUsed: (date) => `Leur dernière utilisation date du ${date} : quelqu’un s’en sert encore.`,
  previousUnused: 'Aucun appel ne s’en est servi depuis la rotation.',
  revokedAt: (date) => `Révoquée le ${date}`,
  noReason: 'Aucun motif n’a été donné.',
  tabs: {
    usage: 'Utilisation',
    live: 'En direct',
    policy: 'Limites et crédits',
    audit: 'Journal d’audit',
    settings: 'Réglages',
  },
  limits: 'Limites',
  noLimits: 'Aucune limite',
  limit: (calls, window) => `${countedFr(calls, 'appel', 'appels')} par tranche de ${window}`,
  seconds: (seconds, number) => {
    const [unit, length] = WINDOWS.find(([, length]) => seconds % length === 0) ?? ['seconde', 1];
    const count = seconds / length;
    return count === 1 ? `1 ${unit}` : `${number(count)} ${unit}s`;
  },
  left: (calls) => `${calls} restants`,
  nextFree: (fromNow) => `Prochain appel possible ${fromNow}.`,
  change: 'Modifier les limites et les crédits',
  leftOf: (name) => `Solde : ${name}`,
  credits: 'Crédits',
  noCredits: 'Pas de limite de crédits.',
  remaining: 'restants',
  refill: (amount, date) => `La prochaine recharge, ${date}, les porte à ${amount}.`,
  noRefill: 'Il n’y a pas de recharge.',
  shared: 'Partagés par toutes les clés de',
  sharedMore:
    'Un appel de cette clé doit aussi respecter ces limites, et consomme des crédits des deux côtés.',
  facts: 'Réglages actuels',
  names: {
    permissions: 'Permissions',
    unused: 'Permissions inutilisées depuis 90 jours',
    allowedAddresses: 'Adresses IP',
    expiresAt: 'Expiration',
    signature: 'Signe avec',
    createdAt: 'Création',
    lastUsedAt: 'Dernière utilisation',
    rotatedAt: 'Dernière rotation',
    previous: 'Secrets précédents',
    ownerId: 'Appartient à',
    externalId: 'Propriétaire externe',
    authorities: 'Vérifie les requêtes pour',
    metadata: 'Métadonnées',
  },
  signingSecret: 'Un secret de signature',
  anywhere: 'Toutes les adresses IP',
  never: 'Jamais',
  none: 'Aucune',
  noExternalId: 'Aucun',
  ofWorkspace: 'L’espace de travail (clé de service)',
  connections: {
    connecting: 'Connexion…',
    live: 'En direct',
    reconnecting: 'Connexion perdue, reconnexion…',
    ended: 'Terminé',
  },
  pausedCalls: (count, written) =>
    count < 2
      ? `En pause : ${written} appel arrivé entre-temps`
      : `En pause : ${written} appels arrivés entre-temps`,
  pause: 'Pause',
  resume: 'Reprendre',
  clear: 'Effacer',
  openAgain: 'Rouvrir',
  tailMore:
    'Les plus récents d’abord, 200 au plus. Cette page ne conserve pas les appels : voyez les précédents sous Utilisation.',
  tailColumns: ['Heure (UTC)', 'Résultat', 'Procédure et motif', 'Durée', 'Adresse IP', 'Id. de requête'],
  tailFilter: 'Résultat',
  tailOnly: { all: 'Tous', accepted: 'Acceptés', refused: 'Refusés' },
  noTailLike: 'Aucun appel de ce type jusqu’ici',
  noTail: 'En attente d’appels de cette clé…',
  noTailMore:
    'Les appels apparaissent ici dès qu’ils se terminent. Faites-en un avec cette clé, ou dans le bac à sable.',
  accepted: 'Accepté',
  refused: 'Refusé',
  milliseconds: (written) => `${written} ms`,
  noAddress: 'Adresse IP inconnue',
  missed: (count, written) =>
    count < 2
      ? `${written} appel n’est pas affiché, car les appels arrivaient trop vite.`
      : `${written} appels ne sont pas affichés, car ils arrivaient trop vite.`,
  missedSome:
    'La connexion a été interrompue ici. Des appels terminés pendant l’interruption peuvent manquer.',
};
