import '@mantine/core/styles.layer.css';
import { QueryClientProvider } from '@tanstack/react-query';
import type { ComponentType } from 'react';
import { queryClient } from '../api/service.ts';

/** A page with what every page except the sign-in page needs: the styles of all components, and the cache of responses. */
export function inPageFrame(Page: ComponentType): ComponentType {
  return function FramedPage() {
    return (
      <QueryClientProvider client={queryClient}>
        <Page />
      </QueryClientProvider>
    );
  };
}
