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
    who: 'who',
    permission: 'permission',
    environment: 'of keys, only',
    stepUp: 'of a person, a proof of at most ten minutes: <code>auth.stepUp</code>',
    cost: 'credits',
    input: 'Input',
    response: 'Response',
    refused: 'Refused with',
    example: 'A response',
    call: 'A call',
    examples: 'Examples in',
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
    environment: 'pour les clés, seulement',
    stepUp: 'pour une personne, une preuve vieille de dix minutes au plus : <code>auth.stepUp</code>',
    cost: 'crédits',
    input: 'Entrée',
    response: 'Réponse',
    refused: 'Refusé avec',
    example: 'Une réponse',
    call: 'Un appel',
    examples: 'Exemples en',
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
