import type { en } from './en.ts';

export const fr: typeof en = {
  title: 'Votre clé est prête',
  rotatedTitle: {
    secret: 'Vos nouveaux secrets sont prêts',
    madePair: 'Votre nouvelle paire de clés est prête',
    ownPair: 'Votre nouvelle clé d’API est prête',
  },
  once: {
    secret:
      'La clé et son secret de signature ne sont affichés qu’une fois. Gardez-les là où votre programme les lit, jamais dans son code source ni dans un message.',
    madePair:
      'La clé et sa clé privée ne sont affichées qu’une fois, et la clé privée n’existe que dans cette page. Gardez-les là où votre programme les lit, jamais dans son code source ni dans un message.',
    ownPair:
      'La clé n’est affichée qu’une fois. Gardez-la là où votre programme la lit, jamais dans son code source ni dans un message.',
  },
  pair: 'Votre programme signe ses appels avec la clé privée : [Signer avec une bibliothèque standard](standard-signatures.md#des-clés-sans-secret-partagé). Ces programmes la lisent dans le fichier PEM que désigne `KEYSEAL_PRIVATE_KEY_FILE`, et la clé d’API dans `KEYSEAL_API_KEY`. Chargez d’abord le fichier `keyseal.env` dans le dossier qui contient les deux fichiers : `set -a; . ./keyseal.env; set +a`.',
  leave: {
    secret: 'Les secrets de cette clé ne pourront plus être affichés. Fermer quand même ?',
    madePair: 'Cette clé et sa clé privée ne pourront plus être affichées. Fermer quand même ?',
    ownPair: 'Cette clé ne pourra plus être affichée. Fermer quand même ?',
  },
  show: 'Afficher les secrets',
  hide: 'Masquer les secrets',
  hidden: 'masqué',
  apiKey: 'Clé d’API',
  signingSecret: 'Secret de signature',
  privateKey: 'Clé privée',
  downloadPrivateKey: 'Télécharger la clé privée',
  download: 'Télécharger en .env',
  copyEnv: 'Tout copier en .env',
  copied: 'Copié',
  liveCalls: 'Appels en direct de cette clé (nouvel onglet)',
  firstCall: {
    title: 'Faire un premier appel',
    waiting: 'En attente de votre premier appel…',
    arrived: 'Votre premier appel est arrivé.',
  },
  firstNewCall: {
    title: 'Faire un appel avec les nouveaux secrets',
    waiting: 'En attente d’un appel avec les nouveaux secrets…',
    arrived: 'Un appel avec les nouveaux secrets est arrivé.',
  },
  byPrevious: 'Un appel est arrivé avec les anciens secrets, encore valables.',
  snippet: (language) => `L’appel en ${language}`,
  run: {
    curl: 'Collez-le dans un terminal qui dispose de curl et openssl.',
    typescript:
      'Enregistrez-le sous `call.mts` et lancez `npx tsx call.mts` ; à partir de Node 22.18, `node call.mts` suffit. Aucun paquet n’est nécessaire.',
    python: 'Enregistrez-le sous `call.py` et lancez `python3 call.py`. Aucun paquet n’est nécessaire.',
    go: 'Enregistrez-le sous `call.go` et lancez `go run call.go`. Aucun module n’est nécessaire.',
  },
  runByPair: {
    curl: 'Collez-le dans un terminal qui dispose de curl et openssl 3 ; avec P-256 ou P-384, il faut aussi xxd.',
    python:
      'Enregistrez-le sous `call.py` et lancez `python3 call.py`. Le paquet `cryptography` est nécessaire.',
  },
  reconnecting: 'La connexion est coupée pour l’instant. L’attente reprend dès qu’elle est rétablie.',
  refused: 'Un appel a été refusé. En attente du suivant…',
  from: (address) => `depuis ${address}`,
  done: 'Terminé',
  doneMore: {
    secret:
      'Après la fermeture, la clé et son secret ne seront plus affichés. Si vous les perdez, faites la rotation de la clé pour en obtenir d’autres.',
    madePair:
      'Après la fermeture, la clé et sa clé privée ne seront plus affichées. Si vous les perdez, faites la rotation de la clé pour en obtenir d’autres.',
    ownPair:
      'Après la fermeture, la clé ne sera plus affichée. Si vous la perdez, faites sa rotation, avec une autre paire de clés.',
  },
};
