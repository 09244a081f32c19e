import { countedFr } from '../../language/counted.ts';
import type { en } from './en.ts';

export const fr: typeof en = {
  column: 'Sélection',
  selectOf: (name) => `Sélectionner ${name}`,
  selectAll: 'Sélectionner toutes les clés affichées',
  selected: (count, written) => `${written} ${count < 2 ? 'clé sélectionnée' : 'clés sélectionnées'}`,
  most: (written) => `${written} clés au plus à la fois.`,
  bar: 'Actions pour les clés sélectionnées',
  clear: 'Effacer la sélection',
  close: 'Fermer',
  cancel: 'Annuler',
  stop: 'Arrêter',
  items: { disable: 'Désactiver…', enable: 'Réactiver…', revoke: 'Révoquer…' },
  titles: {
    disable: 'Désactiver les clés sélectionnées',
    enable: 'Réactiver les clés sélectionnées',
    revoke: 'Révoquer les clés sélectionnées',
  },
  more: {
    disable: 'Les appels avec ces clés sont refusés jusqu’à ce que vous les réactiviez.',
    enable: 'Les appels avec ces clés sont de nouveau acceptés, comme avant.',
    revoke: 'Cette action est irréversible. Les appels avec ces clés sont désormais refusés.',
  },
  concerns: (count, written) => `${written} ${count < 2 ? 'clé' : 'clés'}`,
  environments: (live, test) => `${live} de production, ${test} de test`,
  skipped: (count, written) =>
    count < 2
      ? '1 clé sélectionnée est laissée de côté : son état ou votre rôle ne le permet pas.'
      : `${written} clés sélectionnées sont laissées de côté : leur état ou votre rôle ne le permet pas.`,
  calls: (calls, written, keys) =>
    calls === 0
      ? 'Aucune n’a fait d’appel ces dernières 24 heures.'
      : `${written} ${calls < 2 ? 'appel' : 'appels'} ces dernières 24 heures, par ${keys} d’entre elles. Les clients qui les utilisent encore seront refusés.`,
  counting: 'Décompte des appels des dernières 24 heures…',
  inUse: 'Utilisées ces dernières 24 heures',
  confirm: (text) => `Saisissez ${text} pour confirmer`,
  phrase: (written) => `révoquer ${written}`,
  wrong: 'Cela ne correspond pas.',
  send: { disable: 'Désactiver', enable: 'Réactiver', revoke: 'Révoquer définitivement' },
  nothing: 'Cela ne s’applique à aucune des clés sélectionnées.',
  progress: (done, all) => `${done} sur ${all}`,
  done: (done, all) => `Fait pour ${countedFr(done, 'clé', 'clés')} sur ${all}.`,
  failed: 'Non fait',
  stopped: 'Arrêté avant cette clé.',
  again: 'Réessayer pour celles-ci',
};
