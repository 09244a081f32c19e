export const en = {
  title: 'Confirm who you are',
  more: 'This change requires authentication within the last ten minutes. Your input is kept.',
  confirm: 'Confirm',
  password: 'Current password',
  passwordWrong: 'This is not your current password.',
  code: 'Code from the app, or a recovery code',
  codeWrong: 'The password or the code is wrong, or the code was already used.',
  noPassword:
    'Your account has no password. Sign in again with your identity provider, then make the change again: you leave this page, and your input is lost.',
  unmet: 'This workspace requires a different sign-in',
  unmetMore: 'An owner has set how its members must sign in. You can also use another of your workspaces.',
  unmetFactor:
    'Set up a second factor here, then continue. If you have one already, sign out and sign in again with a code.',
  unmetContinue: 'Continue',
  unmetSignOut: 'Sign out',
  unmetIssuer: (title: string) =>
    `Sign in with ${title}. If your account is not linked to it yet, link it first.`,
  unmetSignIn: (title: string) => `Sign in with ${title}`,
  unmetGone: (name: string) =>
    `Members must sign in with the identity provider “${name}”, which this service no longer knows. Ask its operator.`,
  signInWith: (title: string) => `Sign in again with ${title}`,
};
