import { type Query, type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useLocation } from '@tanstack/react-router';
import { Component, type ReactNode, useSyncExternalStore } from 'react';
import { BrokenSection } from './broken-section.tsx';

interface SectionBoundaryProps {
  /** Whether nothing is shown in its place: the page is complete without it. */
  readonly isOptional?: boolean;
  readonly children: ReactNode;
}

/**
 * Keeps the rest of the page if a part of it throws, as at an answer that lacks something. The part begins again when the user
 * tries again, here or at another part, or goes elsewhere.
 */
export function SectionBoundary({ isOptional = false, children }: SectionBoundaryProps) {
  const queries = useQueryClient();
  const { href } = useLocation();
  const attempt = useSyncExternalStore(subscribe, () => attempts);
  return (
    <Boundary start={`${attempt} ${href}`} reload={() => reloadAnswers(queries)} isOptional={isOptional}>
      {children}
    </Boundary>
  );
}

/** How often the answers of a page were fetched again because it could not show them. */
let attempts = 0;
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** Who is signed in belongs to the frame around all pages. */
const isOfPage = ({ queryKey }: Pick<Query, 'queryKey'>): boolean => queryKey[0] !== 'me';

/**
 * Drops the answers that no other part shows: those of the part that threw are among them. Fetches the others again, which keep
 * what was typed into their parts.
 */
async function reloadAnswers(queries: QueryClient): Promise<void> {
  queries.removeQueries({ predicate: isOfPage, type: 'inactive' });
  await queries.refetchQueries({ predicate: isOfPage, type: 'active' });
  attempts++;
  for (const listener of listeners) listener();
}

interface BoundaryProps extends Required<SectionBoundaryProps> {
  /** Begins again when it changes. */
  readonly start: string;
  readonly reload: () => Promise<void>;
}

interface BoundaryState {
  readonly phase: 'shown' | 'broken' | 'retrying';
}

class Boundary extends Component<BoundaryProps, BoundaryState> {
  override readonly state: BoundaryState = { phase: 'shown' };

  static getDerivedStateFromError(): BoundaryState {
    return { phase: 'broken' };
  }

  override componentDidUpdate({ start }: BoundaryProps) {
    if (start !== this.props.start && this.state.phase !== 'shown') this.setState({ phase: 'shown' });
  }

  readonly #retry = () => {
    this.setState({ phase: 'retrying' });
    // Changes `start` at its end.
    return this.props.reload();
  };

  override render(): ReactNode {
    const { phase } = this.state;
    if (phase === 'shown') return this.props.children;
    if (this.props.isOptional) return null;
    return <BrokenSection retry={this.#retry} isRetrying={phase === 'retrying'} />;
  }
}

/** Whether an answer of the service has some properties. Its type says so, but only the service that wrote it knows. */
export const hasProperties = <T extends object>(answer: T, names: readonly (keyof T)[]): boolean =>
  names.every((name) => answer[name] !== undefined);

/**
 * Throws at an answer without one of these properties, which would otherwise show as another state or as no number. The section
 * around the component says that it cannot be shown.
 */
export function checkAnswer<T extends object>(answer: T, names: readonly (keyof T)[]): void {
  if (!hasProperties(answer, names)) throw new TypeError(`An answer lacks one of: ${names.join(', ')}`);
}
