import { countedFr } from '../language/counted.ts';
import { BRAND } from '../ui/theme/brand.ts';
import type { en } from './en.ts';

export const fr: typeof en = {
  title: 'Créer une clé d’API',
  more: 'Plus d’options',
  create: 'Créer la clé',
  cancel: 'Annuler',
  leave: 'La clé n’est pas encore créée, et votre saisie serait perdue. Quitter cette page ?',
  preview: {
    title: 'Ce que cette clé pourra faire',
    nothing: 'Rien pour l’instant : choisissez une permission.',
    never: 'Elle n’expire jamais.',
    until: (day) => `Elle est valable jusqu’à la fin du ${day} (UTC).`,
    noLimit: 'La fréquence de ses appels n’est pas limitée.',
    limit: (calls, span) => `Au plus ${countedFr(calls, 'appel', 'appels')} par fenêtre de ${span}.`,
    noCredits: 'Pas de limite de crédits.',
    credits: (left) =>
      `Elle a ${countedFr(left, 'crédit', 'crédits')} ; sans crédits, ses appels sont refusés.`,
    refilled: (left, amount, every) =>
      `Elle a ${countedFr(left, 'crédit, rechargé', 'crédits, rechargés')} jusqu’à ${amount} ${every === 'day' ? 'chaque jour' : 'chaque mois'}.`,
    anywhere: 'Elle peut appeler depuis n’importe quelle adresse IP.',
    addresses: (list) => `Elle ne peut appeler que depuis ${list}.`,
    manyAddresses: (count) => `Elle ne peut appeler que depuis ${count} adresses IP ou réseaux.`,
    signers: {
      secret: 'Elle signe avec un secret que le service a aussi.',
      madePair: 'Elle signe avec une clé privée que personne d’autre ne reçoit.',
      ownPair: 'Elle signe avec une clé privée que personne d’autre n’a.',
    },
    owner: (externalId) => `Elle partage les limites et les crédits éventuels de « ${externalId} ».`,
    service: 'Elle appartient à l’espace de travail, et fonctionne encore après votre départ.',
  },
  close: 'Fermer',
  changed:
    'Une clé a déjà été créée à partir de votre saisie précédente, mais la réponse n’est pas arrivée. La clé est dans la liste. Envoyez de nouveau pour en créer une autre à partir de la saisie actuelle.',
  lostTitle: 'La clé existe, mais ses secrets ne sont pas arrivés',
  lost: {
    secret: `La réponse qui contenait les secrets n’est pas arrivée. ${BRAND.name} ne les affiche qu’une fois. Faites la rotation de la clé pour en obtenir d’autres.`,
    madePair: `La réponse qui contenait la clé d’API n’est pas arrivée. ${BRAND.name} ne l’affiche qu’une fois. Faites la rotation de la clé pour en recevoir une nouvelle, avec une nouvelle clé privée que cette page crée.`,
    ownPair: `La réponse qui contenait la clé d’API n’est pas arrivée. ${BRAND.name} ne l’affiche qu’une fois. Ouvrez la clé dans la liste et faites sa rotation : avec une autre clé publique, ou avec une paire de clés que la page crée.`,
  },
  rotate: {
    secret: 'Faire la rotation et afficher les nouveaux secrets',
    madePair: 'Faire la rotation avec une nouvelle clé privée',
  },
};
