export const en = {
  title: 'Workload identity',
  description:
    'A CI job, a pod or a virtual machine exchanges the token of its platform for a key that is valid for at most an hour. So no secret of this workspace is stored there.',
  more: 'How it works',
  noIssuers:
    'The operator of this service has configured no issuer for workloads (workload: true in KEYSEAL_ISSUERS).',
  none: 'There are no exchange rules.',
  add: 'Create a rule',
  create: 'Create the rule',
  edit: 'Edit',
  editOf: (name: string) => `Edit the rule ${name}`,
  editTitle: 'Edit an exchange rule',
  editMore:
    'If you change anything but the name, every key that the rule issued is revoked at once. Its workloads must exchange their tokens again.',
  save: 'Save the rule',
  enabled: 'The rule issues keys',
  cancel: 'Cancel',
  close: 'Close',
  disabled: 'Disabled',
  facts: {
    issuer: 'Issuer',
    audience: 'Audience',
    subject: 'Subject',
    claims: 'Claims',
    permissions: 'Permissions',
  },
  activeKeys: (count: number) => (count === 1 ? '1 valid key' : `${count} valid keys`),
  lifetimeOf: (minutes: string) => `keys are valid for ${minutes} min`,
  delete: 'Delete',
  deleteOf: (name: string) => `Delete the rule ${name}`,
  deleteTitle: 'Delete an exchange rule',
  deleteMore: (name: string) =>
    `“${name}” no longer exchanges tokens for keys. Every key that it issued is revoked at once.`,
  preset: 'Preset',
  presets: {
    github: 'GitHub Actions',
    gitlab: 'GitLab CI',
    kubernetes: 'Kubernetes',
    google: 'Google Cloud',
    aws: 'AWS',
    other: 'Another OpenID provider',
  },
  issuer: 'Issuer',
  audience: 'Audience',
  audienceHint:
    'The aud claim that the workload asks for. Only one workspace can use an audience of an issuer.',
  subject: 'Subject',
  subjectHint:
    'The sub claim. * stands for one segment between : and /. Begin with what only you can have: your organization, your group, your account.',
  claims: 'Further claims',
  claimsHint: 'One per line, such as repository_owner_id=1234. The token must have each of them.',
  lifetime: 'A key is valid for',
  minutes: (minutes: string) => `${minutes} minutes`,
  lifetimes: { '300': '5 minutes', '900': '15 minutes', '1800': '30 minutes', '3600': '1 hour' },
  errors: {
    audience: '1 to 255 characters; not the audience of another workspace or of user tokens.',
    subject:
      '1 to 255 printable ASCII characters. * is a whole segment between : and /, and not the first one.',
    claims:
      'At most 10 lines in the format name=value, each name once; not iss, sub, aud, exp, nbf, iat or jti.',
    issuer: 'Choose an issuer.',
  },
};
