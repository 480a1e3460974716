// What the server found in a folder for backups, below the field that names it.

import { formats } from '../formats.ts';
import { texts } from '../texts.ts';
import type { FolderCheck } from '../use-folder-check.ts';
import { Banner } from './banner.tsx';
import styles from './folder-finding.module.css';

const words = texts.backups.folder;

interface FolderFindingProps {
  readonly check: FolderCheck;
  /** False where the field says what is wrong. */
  readonly isGood: boolean;
}

export function FolderFinding({ check: { found, isLooking }, isGood }: FolderFindingProps) {
  const free = found?.freeBytes ?? null;
  return (
    <div role="status">
      {isLooking && <p className={styles.looking}>{words.checking}</p>}
      {isGood && found?.sameDisk === false && (
        <Banner tone="good" title={words.good(free === null ? null : formats.bytes(free))} />
      )}
      {isGood && found?.sameDisk === true && (
        <Banner tone="warn" title={words.sameDisk}>
          {words.sameDiskHint}
        </Banner>
      )}
    </div>
  );
}
