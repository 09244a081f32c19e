import { Anchor, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { FINDINGS, type Finding } from '../key-model/findings.ts';
import type { ConsoleKey } from '../key-model/key.ts';
import { KeyLink } from '../key-model/key-link.tsx';
import { isInUse, isOldEnough } from '../key-model/permission-use.ts';
import { safetyOf } from '../key-model/safety.ts';
import { MAX_CHECKED, type UnusedKeys, unusedKeysQuery } from '../key-model/unused-keys.ts';
import { useFormats } from '../language/formats.ts';
import { useTexts } from '../language/language.ts';
import { useMay } from '../session/me.ts';
import classes from './overview.module.css';
import { OverviewCard } from './overview-card.tsx';
import { overviewTexts } from './texts.ts';
import type { ActiveKeys } from './use-active-keys.ts';

/** Keys that are named below a finding; the others are counted. */
const MAX_NAMED = 3;

/** What deserves attention about the active keys, with the keys concerned. */
export function KeySafety({ active }: { readonly active: ActiveKeys }) {
  const texts = useTexts(overviewTexts);
  const { number } = useFormats();
  const { keys, isPartial } = active;
  const unused = useUnused(active);
  const found = { ...safetyOf(keys, Date.now()), unused: unused?.items ?? [] };
  const findings = FINDINGS.filter((finding) => found[finding].length > 0);
  return (
    <OverviewCard title={texts.safety} more={{ to: '/keys', text: texts.toKeys }}>
      {findings.length === 0 && <Text c="dimmed">{texts.safe[basisOf(keys)]}</Text>}
      {findings.map((finding) => (
        <FindingView key={finding} finding={finding} keys={found[finding]} />
      ))}
      {(isPartial || unused?.isPartial) && (
        <Text size="xs" c="dimmed">
          {isPartial && texts.basis(number(keys.length))}{' '}
          {unused?.isPartial && texts.unusedBasis(number(MAX_CHECKED))}
        </Text>
      )}
    </OverviewCard>
  );
}

/** The keys with unused permissions; undefined while they are unknown, and if no key can be one. */
function useUnused({ keys, isPartial }: ActiveKeys): UnusedKeys | undefined {
  const may = useMay('usage:read');
  const now = Date.now();
  const isPossible = isPartial || keys.some((key) => isOldEnough(key, now) && isInUse(key, now));
  return useQuery({ ...unusedKeysQuery({}), enabled: may && isPossible }).data;
}

/** What an empty list of findings is based on. */
function basisOf(keys: readonly ConsoleKey[]): 'noKeys' | 'noLiveKeys' | 'all' {
  if (keys.length === 0) return 'noKeys';
  return keys.some(({ environment }) => environment === 'live') ? 'all' : 'noLiveKeys';
}

interface FindingViewProps {
  readonly finding: Finding;
  readonly keys: readonly ConsoleKey[];
}

function FindingView({ finding, keys }: FindingViewProps) {
  const texts = useTexts(overviewTexts);
  const { number } = useFormats();
  const rest = keys.length - MAX_NAMED;
  return (
    <div className={classes.finding}>
      <Anchor
        renderRoot={(props) => <Link {...props} to="/keys" search={{ finding }} />}
        fw={550}
        c="var(--ks-heading)"
        underline="hover"
      >
        {texts.findings[finding](keys.length, number(keys.length))}
      </Anchor>
      <Text size="sm" c="dimmed">
        {texts.fixes[finding]}
      </Text>
      <Text size="sm" component="ul" className={classes.names}>
        {keys.slice(0, MAX_NAMED).map(({ id, name }) => (
          <li key={id}>
            <KeyLink id={id} name={name} />
          </li>
        ))}
        {rest > 0 && <li>{texts.others(number(rest))}</li>}
      </Text>
    </div>
  );
}
