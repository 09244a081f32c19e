import {
  IconAlertTriangle,
  IconArrowsExchange,
  IconBuilding,
  IconFingerprint,
  IconKey,
  IconLogin2,
  IconMail,
  IconServer2,
  IconShieldX,
  IconUserCog,
  IconUsers,
} from '@tabler/icons-react';
import styles from './audit.module.css';

/** Actions that a reader should not overlook. */
const ALARMS = {
  'admission.refused': IconShieldX,
  'exchange.refused': IconShieldX,
  'audit.broken': IconAlertTriangle,
  'auth.refresh': IconAlertTriangle,
  'passkeys.disable': IconAlertTriangle,
} as const;

/** The icon of each area: the part of an action before its dot. */
const AREAS = {
  keys: IconKey,
  exchangeRules: IconArrowsExchange,
  owners: IconBuilding,
  members: IconUsers,
  invitations: IconMail,
  workspaces: IconBuilding,
  sessions: IconLogin2,
  auth: IconLogin2,
  identities: IconFingerprint,
  passkeys: IconFingerprint,
  secondFactor: IconFingerprint,
  users: IconUserCog,
} as const;

/** What an action is about, as a picture before its name. */
export function ActionIcon({ action }: { readonly action: string }) {
  const [area = ''] = action.split('.');
  const isAlarm = Object.hasOwn(ALARMS, action);
  const Icon = isAlarm
    ? ALARMS[action as keyof typeof ALARMS]
    : Object.hasOwn(AREAS, area)
      ? AREAS[area as keyof typeof AREAS]
      : IconServer2;
  return (
    <Icon size={16} stroke={1.6} aria-hidden className={styles['icon']} data-alarm={isAlarm || undefined} />
  );
}
