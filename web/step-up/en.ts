export const en = {
  title: 'Confirm who you are',
  more: 'This change needs a proof that is at most ten minutes old. Your input is kept.',
  confirm: 'Confirm',
  password: 'Current password',
  passwordWrong: 'This is not your current password.',
  code: 'Code of the app, or a recovery code',
  codeWrong: 'The password or the code is wrong, or the code was used already.',
  noPassword:
    'Your account has no password. Sign in again with your identity provider, then make the change again: you leave this page, and your input is lost.',
  signInWith: (title: string) => `Sign in again with ${title}`,
};
