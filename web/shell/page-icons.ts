import {
  IconBook2,
  IconChartBar,
  IconDevices,
  IconFlask2,
  IconHistory,
  IconKey,
  IconLayoutDashboard,
  IconListSearch,
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
  '/team': IconUsers,
  '/audit': IconHistory,
  '/profile': IconUserCircle,
  '/sessions': IconDevices,
} as const;
