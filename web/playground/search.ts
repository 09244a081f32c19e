import { isKeyId } from '../../shared/key-format.ts';

/** The parameters in the playground's URL. */
export interface PlaygroundSearch {
  /** The id of a key to sign with. */
  readonly key?: string | undefined;
  /** The procedure to select at first. */
  readonly procedure?: string | undefined;
  readonly tab?: 'debugger' | undefined;
}

export function playgroundSearch({ key, procedure, tab }: Record<string, unknown>): PlaygroundSearch {
  return {
    ...(typeof key === 'string' && isKeyId(key) ? { key } : {}),
    ...(typeof procedure === 'string' ? { procedure } : {}),
    ...(tab === 'debugger' ? { tab } : {}),
  };
}
