import styles from './team.module.css';

/** The heading of a column before its value, for the eye, where a row is a card. */
export const StackedLabel = ({ children }: { readonly children: string }) => (
  <span className={styles['label']} aria-hidden>
    {children}
  </span>
);
