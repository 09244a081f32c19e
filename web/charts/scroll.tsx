import { Box } from '@mantine/core';
import type { ReactNode } from 'react';

interface ScrollProps {
  readonly label: string;
  /** Whether it scrolls upwards too, at the height of about half a window. */
  readonly tall?: boolean;
  readonly children: ReactNode;
}

/** What may be wider than the page scrolls within itself, by the keyboard too. */
export function Scroll({ label, tall = false, children }: ScrollProps) {
  return (
    <Box
      role="region"
      aria-label={label}
      tabIndex={0}
      {...(tall ? { mah: '28rem' } : {})}
      style={{ overflow: 'auto' }}
    >
      {children}
    </Box>
  );
}
