import { Select } from '@mantine/core';
import { useRef } from 'react';
import type { UsageSeries } from '../charts/ranges.ts';
import { chartTexts } from '../charts/texts.ts';
import { useTexts } from '../language/language.ts';
import { hasProperties } from '../ui/feedback/section-boundary.tsx';

interface ProcedureFilterProps {
  readonly chosen: string | undefined;
  /** What was counted; undefined until it is loaded. */
  readonly series: UsageSeries | undefined;
  readonly onChoose: (procedure: string | undefined) => void;
}

/** The choice of one procedure among those that were called. */
export function ProcedureFilter({ chosen, series, onChoose }: ProcedureFilterProps) {
  const texts = useTexts(chartTexts);
  const known = useRef<ReadonlySet<string>>(new Set());
  const isKnown = series !== undefined && hasProperties(series, ['procedures']);
  const called = isKnown ? series.procedures.map(({ procedure }) => procedure) : [];
  // While one is chosen, the response names no other.
  known.current = new Set([...(chosen === undefined ? [] : [chosen, ...known.current]), ...called]);
  return (
    <Select
      label={texts.procedure}
      placeholder={texts.all}
      size="xs"
      flex="1 1 9rem"
      maw={{ base: '100%', xs: '18rem' }}
      data={[...known.current].sort()}
      value={chosen ?? null}
      onChange={(procedure) => onChoose(procedure ?? undefined)}
      clearButtonProps={{ 'aria-label': texts.clear(texts.procedure) }}
      searchable
      clearable
      maxDropdownHeight={280}
      nothingFoundMessage={texts.noProcedure}
    />
  );
}
