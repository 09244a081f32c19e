import { Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTexts } from '../language/language.ts';
import classes from './legend.module.css';
import { chartTexts } from './texts.ts';

/** What the colours of a chart of calls mean. @param children said about the chart, at the end of the line */
export function Legend({ children }: { readonly children?: ReactNode }) {
  const { accepted, refused } = useTexts(chartTexts);
  return (
    <Text size="xs" component="div" className={classes.legend}>
      <i data-of="accepted" /> {accepted} <i data-of="refused" /> {refused}
      {children && <span>{children}</span>}
    </Text>
  );
}
