import type { en } from './en.ts';

export const fr: typeof en = {
  none: 'Aucune clé d’accès n’a servi : l’opération a été annulée, ou cet appareil n’en a pas pour ce service.',
  refused:
    'Cette clé d’accès n’est pas acceptée : elle a été supprimée ou désactivée, ou votre compte l’a été. Connectez-vous autrement.',
  late: 'L’opération a duré trop longtemps. Recommencez.',
};
