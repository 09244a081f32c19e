import {
  IconBook2,
  IconChartBar,
  IconDevices,
  IconFlask2,
  IconHistory,
  IconKey,
  IconLayoutDashboard,
  IconListSearch,
  IconSettings,
  IconShieldLock,
  IconUserCircle,
  IconUsers,
} from '@tabler/icons-react';

/** The icon of each page of the navigation. */
export const PAGE_ICONS = {
  '/': IconLayoutDashboard,
  '/keys': IconKey,
  '/playground': IconFlask2,
  '/security': IconShieldLock,
  '/docs': IconBook2,
  '/usage': IconChartBar,
  '/requests': IconListSearch,
  '/audit': IconHistory,
  '/team': IconUsers,
  '/workspace': IconSettings,
  '/profile': IconUserCircle,
  '/sessions': IconDevices,
} as const;
