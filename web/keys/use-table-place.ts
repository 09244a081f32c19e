import { useLayoutEffect, useRef, useState } from 'react';

/** The width below which rows become cards: as in the stylesheet. */
const WIDE = 896;

/** Where the rows begin on the page, in pixels, and whether columns fit. */
export function useTablePlace() {
  const body = useRef<HTMLTableSectionElement>(null);
  const [place, setPlace] = useState({ scrollMargin: 0, wide: true });
  useLayoutEffect(() => {
    const look = () => {
      const { top, width } = (body.current as HTMLElement).getBoundingClientRect();
      const now = { scrollMargin: Math.round(top + globalThis.scrollY), wide: width >= WIDE };
      setPlace((before) =>
        before.scrollMargin === now.scrollMargin && before.wide === now.wide ? before : now,
      );
    };
    look();
    // Anything that appears or disappears above the rows changes the body's height.
    const changes = new ResizeObserver(look);
    changes.observe(document.body);
    return () => changes.disconnect();
  }, []);
  return { body, ...place };
}
