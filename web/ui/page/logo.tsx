import { Group, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { BASE_PATH } from '../../api/browser-session.ts';
import { BRAND } from '../theme/brand.ts';

/** The logo, which links to the home page. */
export function LogoLink() {
  return (
    <Group
      renderRoot={(props) => <Link to="/" {...props} />}
      aria-label={BRAND.name}
      gap={8}
      wrap="nowrap"
      c="inherit"
      td="none"
      pr="xs"
    >
      <img src={`${BASE_PATH}${BRAND.hasLogo ? '/brand-logo' : '/icon.svg'}`} alt="" width={24} height={24} />
      <Text fw={650} visibleFrom="xs" c="var(--ks-heading)" truncate maw="14rem">
        {BRAND.name}
      </Text>
    </Group>
  );
}
