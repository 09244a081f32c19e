import type { Language } from '../../shared/languages.ts';

/** The texts around the procedures on the API page. */
interface Words {
  readonly title: string;
  readonly document: string;
  readonly proofs: string;
  readonly who: string;
  readonly permission: string;
  readonly environment: string;
  /** For a procedure that requires a fresh proof from a user. */
  readonly stepUp: string;
  readonly cost: string;
  readonly input: string;
  readonly response: string;
  readonly refused: string;
  /** The heading of a response. */
  readonly example: string;
  /** The heading of a call. */
  readonly call: string;
  /** The choice of a language. */
  readonly examples: string;
  /** Where the programs of the examples read the credentials. */
  readonly variables: string;
  readonly optional: string;
  readonly oneOf: string;
  readonly allOf: string;
  readonly each: string;
  /** For a value of any type. */
  readonly any: string;
  /** What a range counts. */
  readonly characters: string;
  readonly items: string;
  readonly value: string;
  readonly between: string;
  /** With the space that the language puts before it. */
  readonly colon: string;
}

export const WORDS: Readonly<Record<Language, Words>> = {
  en: {
    title: 'API reference',
    document: 'The same for programs, as OpenAPI 3.1:',
    proofs: 'Proofs',
    who: 'caller',
    permission: 'permission',
    environment: 'keys: only',
    stepUp: 'users: a fresh proof, at most ten minutes old (<code>auth.stepUp</code>)',
    cost: 'credits',
    input: 'Input',
    response: 'Response',
    refused: 'Refused with',
    example: 'A response',
    call: 'A call',
    examples: 'Examples in',
    variables:
      'The examples in curl, Python, Go and HTTPie sign the call themselves: they read `KEYSEAL_API_KEY` and `KEYSEAL_SIGNING_SECRET` from the environment and, for a user, the access token from `KEYSEAL_USER_TOKEN`. A call that only a session can sign, a stream and an upload are shown as HTTP instead.',
    optional: 'optional',
    oneOf: 'one of',
    allOf: 'all of',
    each: 'each',
    any: 'anything',
    characters: 'characters',
    items: 'items',
    value: '',
    between: '(exclusive)',
    colon: ':',
  },
  fr: {
    title: 'Référence de l’API',
    document: 'La même chose pour les programmes, en OpenAPI 3.1 :',
    proofs: 'Preuves',
    who: 'appelant',
    permission: 'permission',
    environment: 'clés\u00a0: seulement',
    stepUp: 'personnes\u00a0: une preuve récente, de dix minutes au plus (<code>auth.stepUp</code>)',
    cost: 'crédits',
    input: 'Entrée',
    response: 'Réponse',
    refused: 'Refusé avec',
    example: 'Une réponse',
    call: 'Un appel',
    examples: 'Exemples en',
    variables:
      'Les exemples en curl, Python, Go et HTTPie signent l’appel eux-mêmes\u00a0: ils lisent `KEYSEAL_API_KEY` et `KEYSEAL_SIGNING_SECRET` dans l’environnement et, pour une personne, le jeton d’accès dans `KEYSEAL_USER_TOKEN`. Un appel que seule une session peut signer, un flux ou un envoi de fichier est montré en HTTP à leur place.',
    optional: 'facultatif',
    oneOf: 'l’un de',
    allOf: 'tout ceci',
    each: 'chacun',
    any: 'n’importe quelle valeur',
    characters: 'caractères',
    items: 'éléments',
    value: '',
    between: '(exclus)',
    colon: '\u00a0:',
  },
};
