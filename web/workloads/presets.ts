/** Where workloads run: how their issuers are recognized, and what their subjects look like. */
export const PRESETS = {
  github: {
    issuer: /githubusercontent\.com$|\/_services\/token$/,
    subject: 'repo:ORG/REPO:ref:refs/heads/main',
  },
  gitlab: { issuer: /gitlab/, subject: 'project_path:GROUP/PROJECT:ref_type:branch:ref:main' },
  kubernetes: {
    issuer: /kubernetes|oidc\.eks\.|container\.googleapis\.com|\.oic\./,
    subject: 'system:serviceaccount:NAMESPACE:NAME',
  },
  google: { issuer: /^https:\/\/accounts\.google\.com$/, subject: 'UNIQUE-ID-OF-THE-SERVICE-ACCOUNT' },
  aws: { issuer: /tokens\.sts\..*aws|\.amazonaws\.com/, subject: 'arn:aws:iam::ACCOUNT:role/ROLE' },
  other: { issuer: /$^/, subject: '' },
} as const;

export type Preset = keyof typeof PRESETS;

export interface WorkloadIssuer {
  readonly name: string;
  /** The claim `iss`. */
  readonly issuer: string;
}

/** The preset of an issuer, by its URL. */
export const presetOf = ({ issuer }: WorkloadIssuer): Preset =>
  (Object.keys(PRESETS) as Preset[]).find((preset) => PRESETS[preset].issuer.test(issuer)) ?? 'other';
