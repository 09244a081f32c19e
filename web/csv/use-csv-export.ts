import { useEffect, useRef, useState } from 'react';
import { saveFile } from '../ui/save-file.ts';
import { BYTE_ORDER_MARK, type CsvValue, csvLine } from './csv.ts';

/** A page of rows, and where the next one begins; null after the last. */
export interface CsvPage {
  readonly rows: readonly (readonly CsvValue[])[];
  readonly next: string | null;
}

export interface CsvSource {
  /** The name of the file. */
  readonly name: string;
  readonly head: readonly string[];
  readonly read: (cursor: string | null, signal: AbortSignal) => Promise<CsvPage>;
}

/** Rows of one file. A response has a hundred records at most, so this is 200 calls. */
export const MAX_CSV_ROWS = 20_000;

type ExportState =
  | { readonly is: 'idle' | 'running' | 'cancelled'; readonly rows: number }
  | { readonly is: 'saved'; readonly rows: number; readonly isPartial: boolean }
  | { readonly is: 'failed'; readonly rows: number; readonly error: unknown };

/** Reads every page, up to the bound, into a file, and saves it at the end: a cancelled or failed export saves none. */
export function useCsvExport(source: CsvSource) {
  const [state, setState] = useState<ExportState>({ is: 'idle', rows: 0 });
  const running = useRef<AbortController>(null);
  useEffect(() => () => running.current?.abort(), []);
  const start = async () => {
    if (running.current) return;
    const controller = new AbortController();
    running.current = controller;
    const { signal } = controller;
    let rows = 0;
    try {
      setState({ is: 'running', rows });
      const file = await collect(source, signal, (count) => {
        rows = count;
        setState({ is: 'running', rows });
      });
      saveFile(new Blob(file.parts, { type: 'text/csv;charset=utf-8' }), source.name);
      setState({ is: 'saved', rows, isPartial: file.isPartial });
    } catch (error) {
      setState(signal.aborted ? { is: 'cancelled', rows } : { is: 'failed', rows, error });
    } finally {
      running.current = null;
    }
  };
  return { state, start, cancel: () => running.current?.abort() };
}

async function collect({ head, read }: CsvSource, signal: AbortSignal, onRows: (count: number) => void) {
  const parts: Blob[] = [new Blob([BYTE_ORDER_MARK, csvLine(head)])];
  let cursor: string | null = null;
  let count = 0;
  do {
    const { rows, next }: CsvPage = await read(cursor, signal);
    signal.throwIfAborted();
    const some = rows.slice(0, MAX_CSV_ROWS - count);
    // A browser may keep blobs on disk, unlike strings.
    parts.push(new Blob(some.map(csvLine)));
    count += some.length;
    onRows(count);
    cursor = next;
    if (some.length < rows.length) return { parts, isPartial: true };
  } while (cursor !== null && count < MAX_CSV_ROWS);
  return { parts, isPartial: cursor !== null };
}
