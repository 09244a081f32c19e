import type { Unit } from './units.ts';

/** The value that a row should reach, and its published name. */
export interface Aim {
  readonly at: 'least' | 'most';
  readonly is: number;
  readonly unit: Unit;
  readonly en: string;
  readonly fr: string;
}

/** Every target, in the order of publication. */
export const AIMS = {
  'by tRPC': {
    at: 'least',
    is: 6,
    unit: '×',
    en: 'Throughput of signed calls, against unauthenticated calls through tRPC’s own adapter',
    fr: 'Débit d’appels signés, rapporté à celui d’appels non authentifiés servis par l’adaptateur de tRPC',
  },
  'by bare': {
    at: 'least',
    is: 0.5,
    unit: '×',
    en: 'against the same request to plain node:http that checks nothing: the upper limit',
    fr: 'face à la même requête à node:http seul, qui ne vérifie rien : la limite supérieure',
  },
  'cost of the proofs': {
    at: 'most',
    is: 12,
    unit: 'µs',
    en: 'CPU that the proofs add to the same call of Keyseal’s HTTP server with no guard',
    fr: 'CPU que les preuves ajoutent au même appel du serveur HTTP de Keyseal sans contrôle',
  },
  'by Fastify': {
    at: 'least',
    is: 1.5,
    unit: '×',
    en: 'against the same three proofs checked by hand on Fastify with @fastify/jwt',
    fr: 'face aux trois mêmes preuves vérifiées à la main sur Fastify avec @fastify/jwt',
  },
  'p99 by bare': {
    at: 'most',
    is: 1.5,
    unit: '×',
    en: 'p99 of a signed call against that of plain node:http at the same pace, half of Keyseal’s load',
    fr: 'p99 d’un appel signé face à celui de node:http seul à la même cadence, la moitié de la charge de Keyseal',
  },
  'generators agree': {
    at: 'most',
    is: 1.15,
    unit: '×',
    en: 'The first figure by one of the two load generators, TypeScript and Python, against the other',
    fr: 'Le premier chiffre selon l’un des deux générateurs de charge, TypeScript et Python, face à l’autre',
  },
  admitted: {
    at: 'least',
    is: 150_000,
    unit: 'calls/s per core',
    en: 'Signed requests that the gate checks in process, with the keys in its cache',
    fr: 'Requêtes signées vérifiées dans le processus, clés en cache',
  },
  'RFC 9421 by v1': {
    at: 'least',
    is: 0.85,
    unit: '×',
    en: 'A signed call whose signature has the form of RFC 9421 (HMAC) against one with `x-signature`',
    fr: 'Un appel signé selon la RFC 9421 (HMAC) face à un appel avec `x-signature`',
  },
  'MAC over a response': {
    at: 'most',
    is: 1.08,
    unit: '×',
    en: 'CPU of a signed call whose response has a MAC against the same call without',
    fr: 'CPU d’un appel signé dont la réponse porte un MAC face au même appel sans',
  },
  'Ed25519 by crypto.verify': {
    at: 'most',
    is: 1.2,
    unit: '×',
    en: 'CPU of the gate for a request that Ed25519 signs against `crypto.verify` alone',
    fr: 'CPU du contrôle d’une requête signée en Ed25519 face à `crypto.verify` seul',
  },
  'foreign by own': {
    at: 'most',
    is: 1.15,
    unit: '×',
    en: 'CPU of the gate for a request with the user token of an identity provider against one of Keyseal’s own',
    fr: 'CPU du contrôle d’une requête avec le jeton d’un fournisseur d’identité face à un jeton de Keyseal',
  },
  'a wrong checksum': {
    at: 'most',
    is: 20,
    unit: 'µs',
    en: 'CPU of the gate to refuse an API key whose checksum is wrong',
    fr: 'CPU du contrôle pour refuser une clé d’API dont la somme de contrôle est fausse',
  },
  'memory of a public key': {
    at: 'most',
    is: 2_000,
    unit: 'bytes',
    en: 'Memory for one cached public key, of the algorithm that takes most',
    fr: 'Mémoire occupée par une clé publique en cache, avec l’algorithme qui en demande le plus',
  },
  'a typed call signed': {
    at: 'most',
    is: 20,
    unit: 'µs',
    en: 'CPU of the client to sign a typed call, in Node',
    fr: 'CPU du client pour signer un appel typé, dans Node',
  },
  signRequest: {
    at: 'most',
    is: 70,
    unit: 'µs',
    en: 'CPU of `signRequest` in Node, with both requests that it takes and returns',
    fr: 'CPU de `signRequest` dans Node, avec les deux requêtes qu’elle reçoit et renvoie',
  },
  'by Better Auth': {
    at: 'least',
    is: 15,
    unit: '×',
    en: '`verify` against Better Auth’s `verifyApiKey`, on the same Postgres',
    fr: '`verify` face à `verifyApiKey` de Better Auth, sur le même Postgres',
  },
  'many keys, warm': {
    at: 'most',
    is: 1.1,
    unit: '×',
    en: 'Time of a call whose key is in the cache, with 10⁶ keys against 10³',
    fr: 'Durée d’un appel dont la clé est en cache, avec 10⁶ clés face à 10³',
  },
  'many keys, cold': {
    at: 'most',
    is: 1.2,
    unit: '×',
    en: 'Time of a call whose key must be read from Postgres, with 10⁶ keys against 10³',
    fr: 'Durée d’un appel dont la clé doit être lue dans Postgres, avec 10⁶ clés face à 10³',
  },
  claims: {
    at: 'least',
    is: 8_000,
    unit: 'calls/s',
    en: 'Nonces that two instances record in one Postgres',
    fr: 'Nonces enregistrés par deux instances dans un seul Postgres',
  },
  'p99 of a claim': {
    at: 'most',
    is: 20,
    unit: 'ms',
    en: 'p99 of recording one',
    fr: 'p99 d’un enregistrement',
  },
  'memory of a nonce': {
    at: 'most',
    is: 64,
    unit: 'bytes',
    en: 'Memory for one nonce, in the in-memory store',
    fr: 'Mémoire occupée par un nonce, dans le stockage en mémoire',
  },
  'heap after a soak': {
    at: 'most',
    is: 1.1,
    unit: '×',
    en: 'Heap after 10⁷ signed calls against the heap after the first tenths',
    fr: 'Tas après 10⁷ appels signés face à celui des premiers dixièmes',
  },
  'start on Postgres': {
    at: 'most',
    is: 1,
    unit: 's',
    en: 'Startup with existing data (Postgres) to the first response',
    fr: 'Démarrage avec des données existantes (Postgres), jusqu’à la première réponse',
  },
  'start on PGlite': {
    at: 'most',
    is: 2,
    unit: 's',
    en: 'Startup with existing data (PGlite) to the first response',
    fr: 'Démarrage avec des données existantes (PGlite), jusqu’à la première réponse',
  },
  'memory of many keys': {
    at: 'most',
    is: 450,
    unit: 'MB',
    en: 'Memory of a process after calls with 10⁵ of 10⁶ keys',
    fr: 'Mémoire d’un processus après des appels avec 10⁵ clés sur 10⁶',
  },
} as const satisfies Record<string, Aim>;

export type AimName = keyof typeof AIMS;
