import { countedFr } from '../../language/counted.ts';
import type { en } from './en.ts';

export const fr: typeof en = {
  open: 'Signaler une fuite…',
  title: 'Cette clé a peut-être fuité',
  close: 'Fermer',
  cancel: 'Annuler',
  evidence: 'Ce que la clé a fait',
  lastUsed: (at) => `Dernier appel : ${at}.`,
  neverUsed: 'Elle n’a jamais servi.',
  addresses: 'Adresses IP depuis lesquelles elle a modifié quelque chose',
  address: 'Adresse IP',
  times: 'Modifications',
  last: 'Dernière fois',
  noAddresses: 'Elle n’a rien modifié : aucune adresse IP n’est donc enregistrée.',
  addressesMore:
    'Les appels qui ne font que lire ne laissent pas d’adresse IP. L’onglet « En direct » montre l’adresse IP de chaque appel dès qu’il se termine.',
  noAudit:
    'Votre rôle ne permet pas de lire le journal d’audit, où figurent les adresses IP de cette clé et ce qu’elle a fait.',
  made: 'Ses dernières modifications',
  partial: (written) => `Seuls les ${written} enregistrements les plus récents sont pris en compte.`,
  refused: (written) =>
    `${countedFr(written, 'appel avec cette clé a été refusé', 'appels avec cette clé ont été refusés')} ces dernières 24 heures.`,
  breaks: 'Conséquences',
  calls: (hour, day) =>
    `${countedFr(hour, 'appel', 'appels')} dans la dernière heure, ${day} ces dernières 24 heures. Les clients de cette clé seront refusés tant qu’ils n’en auront pas une autre.`,
  noCalls: 'Aucun appel ces dernières 24 heures : aucun client ne devrait s’en apercevoir.',
  choice: 'Que faire',
  choices: {
    rotate: 'Rotation sans délai de grâce',
    revoke: 'Révoquer définitivement',
  },
  rotateMore: {
    secret:
      'Les secrets actuels cessent immédiatement de fonctionner. Vous en recevez de nouveaux ; la clé garde son identifiant, ses permissions et ses limites.',
    pair: 'La clé d’API et la clé privée actuelles cessent immédiatement de fonctionner. Vous en recevez de nouvelles, dont le service n’a que la clé publique ; la clé garde son identifiant, ses permissions et ses limites.',
  },
  choicesMore: {
    revoke: 'La clé est révoquée immédiatement et définitivement. Ses clients auront besoin d’une autre clé.',
  },
  noRotate: {
    status: 'La rotation n’est possible que pour une clé active.',
    owner: 'Seules les personnes qui peuvent voir les secrets de cette clé peuvent en faire la rotation.',
  },
  confirm: (name) => `Saisissez ${name} pour confirmer`,
  wrong: 'Cela ne correspond pas.',
  send: { rotate: 'Faire la rotation', revoke: 'Révoquer définitivement' },
  reason: 'Fuite présumée',
  done: {
    secret:
      'Les anciens secrets ne fonctionnent plus. Copiez les nouveaux maintenant : ils ne sont affichés qu’une fois.',
    pair: 'L’ancienne clé d’API et l’ancienne clé privée ne fonctionnent plus. Copiez les nouvelles maintenant : elles ne sont affichées qu’une fois.',
    revoke: 'La clé est révoquée. Plus aucun appel avec elle n’est accepté.',
  },
  next: 'Que faire ensuite',
  steps: {
    secret: 'Donnez les nouveaux secrets à chaque client de cette clé.',
    pair: 'Donnez la nouvelle clé d’API et la nouvelle clé privée à chaque client de cette clé.',
    revoke: 'Créez une nouvelle clé pour chaque client qui en a encore besoin.',
    find: 'Trouvez où le secret a fuité (un dépôt, un journal, un message) et supprimez-le à cet endroit.',
    madeKeys: 'Vérifiez les clés que cette clé a créées. Elles fonctionnent encore :',
    audit: 'Lire tout ce que la clé a modifié',
    keys: 'Retour aux clés d’API',
  },
};
