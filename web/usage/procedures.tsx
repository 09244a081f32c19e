import { Code } from '@mantine/core';
import { CountsTable } from '../charts/counts-table.tsx';
import type { UsageSeries } from '../charts/ranges.ts';
import { chartTexts } from '../charts/texts.ts';
import { useTexts } from '../language/language.ts';
import { Section } from '../ui/page/section.tsx';

/** The called procedures, the most called first. */
export function Procedures({ series: { procedures } }: { readonly series: UsageSeries }) {
  const texts = useTexts(chartTexts);
  if (procedures.length === 0) return null;
  return (
    <Section title={texts.procedures}>
      <CountsTable
        label={texts.procedures}
        head={texts.procedure}
        tall
        rows={procedures.map(({ procedure, ...counts }) => ({
          ...counts,
          key: procedure,
          name: <Code>{procedure}</Code>,
        }))}
      />
    </Section>
  );
}
