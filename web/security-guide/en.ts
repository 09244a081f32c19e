export const en = {
  description:
    'What your program proves with every call, and how. For developers who write code against this API.',
  contents: 'On this page',
  key: 'The examples are for',
  noKey: 'Any key',
  keyHint: 'All examples contain its id. They do not show its secrets: replace the dots with yours.',
  signInHint: 'Sign in to see the examples with the id of your own key.',
  debugger: 'A signature is refused? Find out why',
  snippet: (language: string) => `A call in ${language}`,
};
