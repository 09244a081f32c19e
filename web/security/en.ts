export const en = {
  description: 'What your program proves with every call, and how. For whoever writes code against this API.',
  contents: 'On this page',
  key: 'The examples are for',
  noKey: 'Some key',
  keyHint: 'Its id stands in all examples. Its secrets are not shown: put yours in place of the dots.',
  signInHint: 'Sign in to see the examples with the id of your own key.',
  debugger: 'A signature is refused? Find out why',
  snippet: (language: string) => `A call in ${language}`,
};
