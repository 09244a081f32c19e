import { Text } from '@mantine/core';
import { IconBug, IconRocket, IconServerCog, IconSignature } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTexts } from '../language/language.ts';
import styles from './docs-index.module.css';
import { docsTexts } from './texts.ts';

/** Where most readers begin, each with its icon. */
const STARTS = [
  ['quickstart', IconRocket],
  ['sign-a-request', IconSignature],
  ['troubleshooting', IconBug],
  ['operators/production-checklist', IconServerCog],
] as const;

/** The pages for what readers want to do first, as cards. */
export function StartPages() {
  const { starts, startHere } = useTexts(docsTexts);
  return (
    <nav aria-label={startHere} className={styles['starts']}>
      {STARTS.map(([page, Icon]) => (
        <Link key={page} to="/docs/$" params={{ _splat: page }} className={styles['start']}>
          <Icon size={22} stroke={1.75} aria-hidden />
          <span>
            <Text span fw={600} c="var(--ks-heading)">
              {starts[page].title}
            </Text>
            <Text span size="sm" c="dimmed" display="block">
              {starts[page].more}
            </Text>
          </span>
        </Link>
      ))}
    </nav>
  );
}
