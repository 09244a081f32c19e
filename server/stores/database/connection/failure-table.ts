/** The meaning of an error code at a failed startup, and the remedy. */
export interface Failure {
  /** Continues "The database of DATABASE_URL (host/name)". */
  readonly wrong: string;
  /** A whole sentence. */
  readonly fix: string;
  /**
   * Whether the same attempt may succeed later, with nothing of Keyseal changed: the server is down, full or read-only, or has no
   * capacity for a connection.
   */
  readonly isTemporary?: true;
}

type Table = Readonly<Record<string, Failure>>;

const forCodes = (codes: readonly string[], failure: Failure): Table =>
  Object.fromEntries(codes.map((code) => [code, failure]));

/** Errors from Node and from `dial`, before Postgres has responded. */
const NETWORK: Table = {
  ECONNREFUSED: {
    wrong: 'does not answer: nothing listens there',
    fix: 'Start Postgres, or correct host and port in DATABASE_URL.',
    isTemporary: true,
  },
  ENOENT: {
    wrong: 'does not answer: its socket does not exist',
    fix: 'Start Postgres, or correct the path of the socket in DATABASE_URL.',
    isTemporary: true,
  },
  EACCES: {
    wrong: 'cannot be reached: this user may not open its socket',
    fix: 'Give this user access to the directory of the socket, or connect by host and port.',
  },
  ...forCodes(['ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL', 'EAI_NODATA'], {
    wrong: 'cannot be found: DNS does not resolve the host',
    fix: 'Correct the host in DATABASE_URL, or the DNS of this machine.',
    isTemporary: true,
  }),
  ...forCodes(['EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL', 'EHOSTDOWN', 'ENETDOWN'], {
    wrong: 'cannot be reached: no route leads to the host',
    fix: 'Correct the host in DATABASE_URL, or the network of this machine.',
    isTemporary: true,
  }),
  EINVAL: {
    wrong: 'cannot be reached: the address belongs to one network interface, which a URL cannot name',
    fix: 'Write a host name, or an address that does not begin with fe80:, in DATABASE_URL.',
  },
  ...forCodes(['ETIMEDOUT', 'CONNECT_TIMEOUT'], {
    wrong: 'does not answer in time',
    fix: 'Check that Postgres runs there and that no firewall drops the packets, or correct host and port in DATABASE_URL.',
    isTemporary: true,
  }),
  ...forCodes(
    ['ECONNRESET', 'ECONNABORTED', 'EPIPE', 'CONNECTION_CLOSED', 'CONNECTION_DESTROYED', 'CONNECTION_ENDED'],
    {
      wrong: 'closed the connection without saying why',
      fix: 'Check the log of Postgres, and that of the proxy in front of it if there is one; start again once it accepts connections.',
      isTemporary: true,
    },
  ),
  CONNECTION_NOT_POSTGRES: {
    wrong: 'is not Postgres: something else listens there',
    fix: 'Correct host and port in DATABASE_URL.',
  },
};

/** Errors of the encryption that `sslmode` requires. */
const TLS: Table = {
  CONNECTION_TLS_REFUSED: {
    wrong: 'does not encrypt as sslmode requires',
    fix: 'Turn on ssl in Postgres, or set sslmode=prefer in DATABASE_URL if you trust the network in between.',
  },
  EPROTO: {
    wrong: 'does not complete the TLS handshake',
    fix: 'Check that Postgres speaks TLS 1.2 or later there, and remove sslnegotiation=direct for a Postgres before 17.',
  },
  ...forCodes(
    [
      ...['DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
      ...['UNABLE_TO_GET_ISSUER_CERT', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'CERT_UNTRUSTED'],
      ...['CERT_SIGNATURE_FAILURE', 'CERT_CHAIN_TOO_LONG', 'INVALID_CA', 'CERT_REJECTED', 'INVALID_PURPOSE'],
    ],
    {
      wrong: 'presents a certificate that no trusted authority signed',
      fix: 'Set sslrootcert in DATABASE_URL to the PEM file of the authority that signed it.',
    },
  ),
  ...forCodes(
    [
      ...['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA'],
      ...['ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE', 'ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN'],
      ...['ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED', 'ERR_SSL_SSLV3_ALERT_CERTIFICATE_REVOKED'],
    ],
    {
      wrong: 'does not accept the certificate that Keyseal presents',
      fix: 'Set sslcert and sslkey in DATABASE_URL to a valid certificate that an authority in the ssl_ca_file of Postgres has signed.',
    },
  ),
  ERR_TLS_CERT_ALTNAME_INVALID: {
    wrong: 'presents a certificate that was issued for another host',
    fix: 'Connect by a name in the certificate, have one issued for this host, or set sslmode=verify-ca to accept every certificate of that authority.',
  },
  CERT_HAS_EXPIRED: {
    wrong: 'presents a certificate that has expired',
    fix: 'Renew the certificate of Postgres, or correct the clock of this machine.',
  },
  CERT_NOT_YET_VALID: {
    wrong: 'presents a certificate that is not valid yet',
    fix: 'Correct the clock of this machine, or the certificate of Postgres.',
  },
  CERT_REVOKED: {
    wrong: 'presents a certificate that was revoked',
    fix: 'Give Postgres a new certificate.',
  },
};

const NOT_ACCEPTING_CONNECTIONS: Failure = {
  wrong: 'does not accept connections now',
  fix: 'Start again once Postgres is up.',
  isTemporary: true,
};
const READ_ONLY: Failure = {
  wrong: 'is read-only',
  fix: 'Connect to the primary, or turn off default_transaction_read_only for this role and database.',
  isTemporary: true,
};
const LOCK_TIMEOUT: Failure = {
  wrong: 'kept a table locked for too long',
  fix: 'Start again once the other session is done; pg_stat_activity and pg_locks name it.',
  isTemporary: true,
};

/** 28P01 if no password was sent. */
export const NO_PASSWORD: Failure = {
  wrong: 'asks for a password, and DATABASE_URL has none',
  fix: 'Write it into DATABASE_URL or PGPASSWORD: Keyseal reads no password files (.pgpass, PGPASSFILE).',
};

/**
 * 28P01 if SCRAM compares another spelling of the password: Postgres keeps it in the form that RFC 4013 gives it, and the driver
 * sends it as it is written.
 * @see https://www.rfc-editor.org/rfc/rfc4013
 */
export const UNPREPARED_PASSWORD: Failure = {
  wrong: 'refuses the password',
  fix: 'Correct user and password in DATABASE_URL. With SCRAM, write a password that is not plain ASCII in the form NFKC of Unicode: é as one character, ª as a, a no-break space as a space.',
};

/** SQLSTATE codes that mean the same in every step. */
const POSTGRES: Table = {
  '28P01': {
    wrong: 'refuses the password',
    fix: 'Correct user and password in DATABASE_URL; write a % in the password as %25.',
  },
  '28000': {
    wrong: 'does not let this role log in',
    fix: 'Create the role with LOGIN, or add a line to pg_hba.conf that admits role, database, address and encryption (sslmode).',
  },
  '3D000': {
    wrong: 'does not exist',
    fix: 'Create the database, or correct its name in DATABASE_URL.',
  },
  '53300': {
    wrong: 'has no connection left',
    fix: 'Raise max_connections (or the limit of the role or database), or stop what holds connections: an instance keeps up to 11.',
    isTemporary: true,
  },
  // From Postgres itself it would be a bug in the driver.
  '08P01': {
    wrong: 'is behind a pooler that opens no connection to it',
    fix: 'Correct what the pooler names: user, password and database in DATABASE_URL and in its configuration, the sizes of its pools, or the Postgres behind it.',
    isTemporary: true,
  },
  ...forCodes(['57P01', '57P02', '57P03'], NOT_ACCEPTING_CONNECTIONS),
  '57P04': { wrong: 'was dropped', fix: 'Create the database, or correct its name in DATABASE_URL.' },
  '25006': READ_ONLY,
  '42501': {
    wrong: 'does not grant this role the rights that it needs',
    fix: 'Make the role the owner of the database, or grant it CONNECT and CREATE on the database and USAGE and CREATE on the schema public.',
  },
  /** 42501 too, but no grant helps. */
  ROW_SECURITY: {
    wrong: 'applies row-level security to this role',
    fix: 'Run ALTER TABLE … DISABLE ROW LEVEL SECURITY for each of these tables, or ALTER ROLE … BYPASSRLS: Keyseal has to see every row.',
  },
  ...forCodes(['40P01', '40001', '55P03', '57014'], LOCK_TIMEOUT),
  '53100': {
    wrong: 'is out of disk space',
    fix: 'Free space on the disk of Postgres, and start again.',
    isTemporary: true,
  },
  '53200': {
    wrong: 'is out of memory',
    fix: 'Give Postgres more memory, and start again.',
    isTemporary: true,
  },
  ...forCodes(['58030', 'XX001', 'XX002'], {
    wrong: 'cannot read or write its files',
    fix: 'Check the log of Postgres and its disk; restore from a backup if data is damaged.',
  }),
};

/** SQLSTATE while a connection is opened: a parameter of DATABASE_URL is wrong. */
const OPENING: Table = {
  ...forCodes(['42704', '22023', '55P02', '42602'], {
    wrong: 'refuses a setting that DATABASE_URL sends with the start of a connection',
    fix: 'Remove that parameter from DATABASE_URL, or correct its value.',
  }),
  '42501': {
    wrong: 'does not grant this role the rights that it needs',
    fix: 'Grant the role CONNECT on the database, or remove from DATABASE_URL the parameter that only a superuser may set.',
  },
};

/** SQLSTATE while the schema is created or migrated. */
const MIGRATING: Table = {
  '3F000': {
    wrong: 'lacks the schema public',
    fix: 'Create it, and grant the role USAGE and CREATE on it.',
  },
  ...forCodes(['42P07', '42710', '42P01', '42703', '42P06', '42704'], {
    wrong: "contains tables that are not Keyseal's",
    fix: 'Give Keyseal its own database.',
  }),
};

/** The step in which the database failed. */
export type StartStep = 'opening' | 'migrating' | 'using';

/** The one table of codes, Node's and SQLSTATE, by step. */
export const FAILURES: Readonly<Record<StartStep, Table>> = {
  opening: { ...NETWORK, ...TLS, ...POSTGRES, ...OPENING },
  migrating: { ...NETWORK, ...TLS, ...POSTGRES, ...MIGRATING },
  using: { ...NETWORK, ...TLS, ...POSTGRES },
};
