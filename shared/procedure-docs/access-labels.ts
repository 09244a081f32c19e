import type { Access } from '../guard.ts';

/** The callers of a procedure in words, by its guard's access; `live` if it accepts only live keys. */
export type AccessLabels = Readonly<Record<Access | 'live', string>>;

export const ACCESS_LABELS: Readonly<Record<'en' | 'fr', AccessLabels>> = {
  en: {
    public: 'anyone, unsigned',
    session: 'a session, without a token',
    user: 'a person',
    key: 'a key',
    'key-for-user': 'a key on behalf of a user',
    'key-or-user': 'a key, or a person',
    any: 'a key, with or without a user, or a person',
    live: 'a live key, or a person',
  },
  fr: {
    public: 'tout le monde, sans signature',
    session: 'une session, sans jeton',
    user: 'une personne',
    key: 'une clé',
    'key-for-user': 'une clé au nom d’une personne',
    'key-or-user': 'une clé, ou une personne',
    any: 'une clé, au nom d’une personne ou non, ou une personne',
    live: 'une clé `live`, ou une personne',
  },
};
