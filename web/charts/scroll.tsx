import { Box } from '@mantine/core';
import type { ReactNode } from 'react';

interface ScrollProps {
  readonly label: string;
  /** Whether it also scrolls vertically, at about half the window's height. */
  readonly tall?: boolean;
  readonly children: ReactNode;
}

/** Content that may be wider than the page: it scrolls by itself, with the keyboard too. */
export function Scroll({ label, tall = false, children }: ScrollProps) {
  return (
    <Box
      role="region"
      aria-label={label}
      tabIndex={0}
      {...(tall ? { mah: 'max(28rem, 70vh)' } : {})}
      style={{ overflow: 'auto' }}
    >
      {children}
    </Box>
  );
}
