import type { en } from './en.ts';

export const fr: typeof en = {
  title: 'Votre clé est prête',
  rotatedTitle: 'Vos nouveaux secrets sont prêts',
  once: 'La clé et son secret de signature ne sont affichés qu’une fois. Gardez-les là où votre programme les lit, jamais dans son code source ni dans un message.',
  onceAlone:
    'La clé n’est affichée qu’une fois. Gardez-la là où votre programme la lit, jamais dans son code source ni dans un message.',
  privateKey:
    'Votre programme signe ses appels avec votre clé privée : [Signer avec une bibliothèque standard](standard-signatures.md#des-clés-sans-secret-partagé).',
  leave: 'Les secrets de cette clé ne pourront plus être affichés. Quitter cette page ?',
  apiKey: 'Clé d’API',
  signingSecret: 'Secret de signature',
  download: 'Télécharger en .env',
  firstCall: 'Faire un premier appel',
  snippet: (language) => `L’appel en ${language}`,
  run: {
    curl: 'Collez-le dans un terminal qui dispose de curl et openssl.',
    typescript:
      'Enregistrez-le sous `call.mts` et lancez `npx tsx call.mts` ; à partir de Node 22.18, `node call.mts` suffit. Aucun paquet n’est nécessaire.',
    python: 'Enregistrez-le sous `call.py` et lancez `python3 call.py`. Aucun paquet n’est nécessaire.',
    go: 'Enregistrez-le sous `call.go` et lancez `go run call.go`. Aucun module n’est nécessaire.',
  },
  waiting: 'En attente de votre premier appel…',
  reconnecting: 'La connexion est coupée pour l’instant. L’attente reprend dès qu’elle est rétablie.',
  arrived: 'Votre premier appel est arrivé.',
  refused: 'Un appel a été refusé. En attente du suivant…',
  from: (address) => `depuis ${address}`,
  close: 'Fermer',
  done: 'Terminé',
  doneMore:
    'Après la fermeture, la clé et son secret ne seront plus affichés. Si vous les perdez, faites la rotation de la clé pour en obtenir d’autres.',
};
