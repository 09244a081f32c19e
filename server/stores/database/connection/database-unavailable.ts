import { ConfigError } from '../../../lib/config.ts';

/** The database cannot be used now. The same attempt may succeed later, with nothing of Keyseal changed. */
export class DatabaseUnavailable extends ConfigError {}
