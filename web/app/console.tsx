import { MantineProvider } from '@mantine/core';
import { RouterProvider } from '@tanstack/react-router';
import { cssVariables, theme } from '../ui/theme/theme.ts';
import { consoleRouter } from './routes.tsx';

/** The styles that the theme writes at run time need the nonce of this response's policy. */
const nonce = () => document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';

export function Console() {
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      defaultColorScheme="auto"
      getStyleNonce={nonce}
      deduplicateCssVariables={false}
    >
      <RouterProvider router={consoleRouter} />
    </MantineProvider>
  );
}
