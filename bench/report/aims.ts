import type { Unit } from './units.ts';

/** What a row should reach, and what it is called where it is published. */
export interface Aim {
  readonly at: 'least' | 'most';
  readonly is: number;
  readonly unit: Unit;
  readonly en: string;
  readonly fr: string;
}

/** Every aim, in the order in which they are published. */
export const AIMS = {
  'by tRPC': {
    at: 'least',
    is: 4,
    unit: '×',
    en: 'A sealed call against an unsecured one through tRPC’s own adapter',
    fr: 'Un appel scellé face à un appel sans aucune sécurité par l’adaptateur de tRPC',
  },
  'by open': {
    at: 'least',
    is: 0.75,
    unit: '×',
    en: 'against the same request to Keyseal’s own front, unguarded: what the proofs cost',
    fr: 'face à la même requête à Keyseal sans garde : ce que coûtent les preuves',
  },
  'by bare': {
    at: 'least',
    is: 0.45,
    unit: '×',
    en: 'against the same request to bare node:http that checks nothing: the limit',
    fr: 'face à la même requête à node:http seul, qui ne vérifie rien : la limite',
  },
  'by Fastify': {
    at: 'least',
    is: 1.5,
    unit: '×',
    en: 'against the same three proofs checked by hand on Fastify with @fastify/jwt',
    fr: 'face aux trois mêmes preuves vérifiées à la main sur Fastify avec @fastify/jwt',
  },
  'p99 by median': {
    at: 'most',
    is: 5,
    unit: '×',
    en: 'p99 of a sealed call against its median, at half of the load',
    fr: 'p99 d’un appel scellé face à sa médiane, à la moitié de la charge',
  },
  admitted: {
    at: 'least',
    is: 100_000,
    unit: 'calls/s per core',
    en: 'Admission in process, warm, of a signed request',
    fr: 'Admission dans le processus, à chaud, d’une requête signée',
  },
  'by Better Auth': {
    at: 'least',
    is: 50,
    unit: '×',
    en: '`verify` against Better Auth’s `verifyApiKey`, on the same Postgres',
    fr: '`verify` face à `verifyApiKey` de Better Auth, sur le même Postgres',
  },
  'many keys, warm': {
    at: 'most',
    is: 1.1,
    unit: '×',
    en: 'Time of a warm call with 10⁶ keys against 10³',
    fr: 'Durée d’un appel à chaud avec 10⁶ clés face à 10³',
  },
  'many keys, cold': {
    at: 'most',
    is: 1.2,
    unit: '×',
    en: 'Time of a cold call with 10⁶ keys against 10³',
    fr: 'Durée d’un appel à froid avec 10⁶ clés face à 10³',
  },
  claims: {
    at: 'least',
    is: 8_000,
    unit: 'calls/s',
    en: 'Nonces claimed by two instances in one Postgres',
    fr: 'Nonces réclamés par deux instances dans un seul Postgres',
  },
  'p99 of a claim': {
    at: 'most',
    is: 20,
    unit: 'ms',
    en: 'p99 of such a claim',
    fr: 'p99 d’une telle réclamation',
  },
  'memory of a nonce': {
    at: 'most',
    is: 64,
    unit: 'bytes',
    en: 'Memory of a nonce, kept in memory',
    fr: 'Mémoire d’un nonce, gardé en mémoire',
  },
  'heap after a soak': {
    at: 'most',
    is: 1.1,
    unit: '×',
    en: 'Heap at the end of 10⁷ sealed calls against that after the first tenths',
    fr: 'Tas à la fin de 10⁷ appels scellés face à celui des premiers dixièmes',
  },
  'start on Postgres': {
    at: 'most',
    is: 1,
    unit: 's',
    en: 'Start on Postgres with data, until it serves',
    fr: 'Démarrage sur Postgres avec des données, jusqu’à ce qu’il serve',
  },
  'start on PGlite': {
    at: 'most',
    is: 2,
    unit: 's',
    en: 'Start on PGlite with data, until it serves',
    fr: 'Démarrage sur PGlite avec des données, jusqu’à ce qu’il serve',
  },
  'memory of many keys': {
    at: 'most',
    is: 512,
    unit: 'MB',
    en: 'Memory of a process once 10⁵ of 10⁶ keys were used',
    fr: 'Mémoire d’un processus après l’usage de 10⁵ clés sur 10⁶',
  },
} as const satisfies Record<string, Aim>;

export type AimName = keyof typeof AIMS;
