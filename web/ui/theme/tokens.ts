/** Sizes of text in pixels: captions, dense text, body, section titles, page titles and figures. */
export const TYPE = { xs: 12, sm: 13, md: 14, lg: 20, xl: 28 } as const;

/** Distances in pixels. */
export const SPACE = { xs: 8, sm: 12, md: 16, lg: 24, xl: 32 } as const;

/** Corner radii in pixels: marks, controls, cards, dialogs. */
export const RADII = { xs: 4, sm: 6, md: 8, lg: 12, xl: 16 } as const;

/** Milliseconds of a change of state, and of something that a user is meant to follow. */
export const MOTION = { quick: 120, slow: 320, ease: 'cubic-bezier(0.2, 0, 0, 1)' } as const;

/** What is behind and around the content, and the text on it. */
interface Surfaces {
  readonly page: string;
  readonly card: string;
  /** Code, and the ground of tracks. */
  readonly sunken: string;
  readonly hairline: string;
  readonly heading: string;
  readonly text: string;
  readonly dimmed: string;
}

/** The meaning of each colour; none is used for anything else. */
interface Meanings {
  /** A call that was accepted. */
  readonly accepted: string;
  /** A call that was refused, and what cannot be undone. */
  readonly refused: string;
  /** Test keys, and warnings. */
  readonly test: string;
  /** Data without a judgement. */
  readonly data: string;
}

interface Scheme {
  readonly surfaces: Surfaces;
  readonly meanings: Meanings;
}

/** Both palettes. `test/web/design.test.ts` computes the contrast of every pair that is used. */
export const PALETTES: Readonly<Record<'light' | 'dark', Scheme>> = {
  light: {
    surfaces: {
      page: '#f6f7f9',
      card: '#ffffff',
      sunken: '#eff2f5',
      hairline: '#e2e7ed',
      heading: '#111923',
      text: '#1f2a37',
      dimmed: '#586474',
    },
    meanings: { accepted: '#1a6a53', refused: '#b8202a', test: '#8a5300', data: '#475a73' },
  },
  dark: {
    surfaces: {
      page: '#0c121a',
      card: '#131b26',
      sunken: '#0f1620',
      hairline: '#253142',
      heading: '#ffffff',
      text: '#d6dee9',
      dimmed: '#98a6b8',
    },
    meanings: { accepted: '#54c39a', refused: '#ff8f8c', test: '#f0b54a', data: '#8fa6c4' },
  },
};

/** The colour of actions, unless the operator of the service chose another. */
export const INK = '#22324a';
