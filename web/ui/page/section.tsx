import { Paper, Stack, type StackProps, Text, Title } from '@mantine/core';
import { Children, type ReactNode } from 'react';
import { SectionBoundary } from '../feedback/section-boundary.tsx';
import classes from './section.module.css';

interface SectionProps {
  readonly title: ReactNode;
  readonly description?: ReactNode;
  /** Whether its children are cards themselves. */
  readonly isOpen?: boolean;
  /** Whether its content is next to its heading if it fits, as in the settings. */
  readonly isSplit?: boolean;
  /** Whether what it offers cannot be undone. */
  readonly isDangerous?: boolean;
  /** Whether it only lets a user do something, which paper cannot. A dangerous one does. */
  readonly isScreenOnly?: boolean;
  readonly id?: string;
  readonly children?: ReactNode;
}

/** A part of a page with its own heading, as a card. */
export function Section({
  title,
  description,
  isOpen = false,
  isSplit = false,
  isDangerous = false,
  isScreenOnly = isDangerous,
  id,
  children,
}: SectionProps) {
  const heading = (
    <>
      <Title order={2} size="h5">
        {title}
      </Title>
      {description && <Text c="dimmed">{description}</Text>}
    </>
  );
  const content = isSplit ? (
    <section className={classes.split}>
      <Stack gap={6}>{heading}</Stack>
      <Stack gap="sm">
        <SectionBoundary>{children}</SectionBoundary>
      </Stack>
    </section>
  ) : (
    <Stack component="section" gap="sm">
      {heading}
      <SectionBoundary>{children}</SectionBoundary>
    </Stack>
  );
  if (isOpen) return content;
  return (
    <Paper
      withBorder
      p={{ base: 'md', sm: 'lg' }}
      {...(id ? { id } : {})}
      data-screen-only={isScreenOnly || undefined}
      {...(isDangerous
        ? { style: { borderColor: 'color-mix(in srgb, var(--ks-refused) 45%, transparent)' } }
        : {})}
    >
      {content}
    </Paper>
  );
}

/** The parts of a page, one below the other: one that throws leaves the others. */
export const Sections = ({ children, ...look }: StackProps) => (
  <Stack gap="lg" {...look}>
    {Children.map(children, (child) => child && <SectionBoundary>{child}</SectionBoundary>)}
  </Stack>
);
