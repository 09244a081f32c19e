import { ActionIcon, CopyButton } from '@mantine/core';
import { useTexts } from '../language/language.ts';
import { keysTexts } from './texts.ts';

/** Copies the id of a key, which is not a secret. */
export function CopyId({ id }: { readonly id: string }) {
  const texts = useTexts(keysTexts);
  return (
    <CopyButton value={id}>
      {({ copied, copy }) => (
        <ActionIcon
          variant="subtle"
          color="gray"
          size="sm"
          onClick={copy}
          aria-label={copied ? texts.copied : texts.copyId(id)}
        >
          <svg
            viewBox="0 0 16 16"
            width={14}
            height={14}
            fill="none"
            stroke="currentColor"
            aria-hidden="true"
          >
            {copied ? (
              <path d="M3 8.5l3.5 3.5L13 4.5" strokeWidth={2} />
            ) : (
              <path d="M5.5 5.5h7v8h-7zM3.5 10.5v-8h7" strokeWidth={1.25} />
            )}
          </svg>
        </ActionIcon>
      )}
    </CopyButton>
  );
}
