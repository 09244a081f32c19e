import { MantineProvider } from '@mantine/core';
import { RouterProvider } from '@tanstack/react-router';
import { cssVariables, theme } from '../ui/theme/theme.ts';
import { consoleRouter } from './routes.tsx';
import { usePrinting } from './use-printing.ts';

/** The styles that the theme writes at run time need the nonce of this response's policy. */
const nonce = () => document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';

export function Console() {
  const isPrinting = usePrinting();
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      defaultColorScheme="auto"
      getStyleNonce={nonce}
      deduplicateCssVariables={false}
      // Paper is white: the whole light scheme, whatever the screen has.
      {...(isPrinting && { forceColorScheme: 'light' })}
    >
      <RouterProvider router={consoleRouter} />
    </MantineProvider>
  );
}
