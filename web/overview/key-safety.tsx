import { Text } from '@mantine/core';
import type { ConsoleKey } from '../key-model/key.ts';
import { KeyLink } from '../key-model/key-link.tsx';
import { useFormats } from '../language/formats.ts';
import { useTexts } from '../language/language.ts';
import classes from './overview.module.css';
import { OverviewCard } from './overview-card.tsx';
import { FINDINGS, type Finding, safetyOf } from './safety.ts';
import { overviewTexts } from './texts.ts';
import type { ActiveKeys } from './use-active-keys.ts';

/** Keys that are named below a finding; the others are counted. */
const MAX_NAMED = 3;

/** What deserves attention about the active keys, with the keys concerned. */
export function KeySafety({ active: { keys, isPartial } }: { readonly active: ActiveKeys }) {
  const texts = useTexts(overviewTexts);
  const { number } = useFormats();
  const found = safetyOf(keys, Date.now());
  const findings = FINDINGS.filter((finding) => found[finding].length > 0);
  return (
    <OverviewCard title={texts.safety} more={{ to: '/keys', text: texts.toKeys }}>
      {findings.length === 0 && <Text c="dimmed">{texts.safe[basisOf(keys)]}</Text>}
      {findings.map((finding) => (
        <FindingView key={finding} finding={finding} keys={found[finding]} />
      ))}
      {isPartial && (
        <Text size="xs" c="dimmed">
          {texts.basis(number(keys.length))}
        </Text>
      )}
    </OverviewCard>
  );
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
      <Text fw={550} c="var(--ks-heading)">
        {texts.findings[finding](keys.length, number(keys.length))}
      </Text>
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
