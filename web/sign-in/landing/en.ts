export const en = {
  returning: 'Signing you in',
  taken:
    'An account here already has your e-mail address, or is linked to this identity. If the account is yours, sign in with its password, and link the provider in your profile.',
  denied:
    'The provider knows you, but you cannot sign in here: your account is disabled, the provider has not verified your e-mail address, or an admin has to give you access first.',
  reset: 'Set a new password',
  resetMore: 'The link works once. It ends all your sessions.',
  resetDone: 'Your password is set. Sign in with it.',
  toConsole: 'Open the console',
  noToken: 'This link is incomplete: the part after # is missing. Copy the whole link.',
};
