/** The words of the second step of signing in, which is part of the first page. */
export const signInTexts = {
  title: 'Second step',
  lead: 'Your account has two-factor sign-in.',
  code: 'Code of your authenticator app',
  codeHint: 'Six digits, new every 30 seconds.',
  backup: 'Backup code',
  backupHint: 'One of the ten that you kept when you turned it on. Each works once.',
  submit: 'Sign in',
  useBackup: 'Use a backup code',
  useApp: 'Use the authenticator app',
  again: 'Sign in as somebody else',
  lost: 'No codes left? An owner of your workspace can reset your second factor.',
  wrongCode: 'This code is not right, or it is too old. Enter the one that the app shows now.',
  wrongBackup: 'This backup code is not right, or it was used before.',
  tooMany: 'Too many wrong codes. Sign in again, or wait a quarter of an hour.',
  tooLate: 'This took too long. Sign in again.',
} as const
