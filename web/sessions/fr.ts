import type { en } from './en.ts';

export const fr: typeof en = {
  title: 'Sessions',
  description:
    'Où vos sessions sont ouvertes. Une session signe chaque appel avec sa propre clé ; une fois terminée, elle est refusée partout aussitôt.',
  current: 'Cette session',
  begun: 'Connexion',
  used: 'Dernier renouvellement',
  address: 'Adresse IP',
  device: 'Avec',
  signs: 'Signe avec',
  privateKey: 'une clé que personne d’autre n’a',
  secret: 'un secret que le service connaît aussi',
  unknownDevice: 'Appareil inconnu',
  unknown: 'inconnu',
  end: 'Terminer',
  endOf: (device) => `Terminer la session de ${device}`,
  endOthers: 'Terminer toutes les autres',
  endOthersMore: 'Partout ailleurs qu’ici, il faudra vous reconnecter.',
  noOthers: 'Aucune autre session n’est ouverte.',
};
