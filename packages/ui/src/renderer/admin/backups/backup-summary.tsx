// The state of the backups in three figures: the newest, the next, the second drive.

import { Link } from 'wouter';
import type { JournalTold } from '../../../bridge/doors.ts';
import { Age } from '../../shared/components/age.tsx';
import { Stat } from '../../shared/components/stat.tsx';
import { formats } from '../../shared/formats.ts';
import { texts } from '../../shared/texts.ts';
import { useNow } from '../../shared/use-now.ts';
import { type BackupList, journalTone, nextOf, summaryOf } from './backup-words.ts';
import styles from './backups-page.module.css';

const words = texts.backups;

export function BackupSummaryCards({ list }: { readonly list: BackupList }) {
  const { newest } = summaryOf(list.points);
  return (
    <div className={styles.summary}>
      <Stat
        label={words.newest}
        icon="backups"
        value={newest === undefined ? words.noneYet : <Age at={newest.madeAt} />}
        note={newest === undefined ? words.noneHint : words.states[newest.state]}
        tone={newest === undefined ? 'warn' : newest.state === 'verified' ? 'good' : 'neutral'}
      />
      <Next list={list} />
      <Second journal={list.journal} />
    </div>
  );
}

function Next({ list }: { readonly list: BackupList }) {
  const now = useNow();
  const next = nextOf(list, now);
  switch (next.kind) {
    case 'at':
      return (
        <Stat label={words.next} icon="clock" value={formats.moment(next.at, now)} note={words.nextHint} />
      );
    case 'due':
      return <Stat label={words.next} icon="clock" value={words.nextDue} note={words.nextHint} />;
    case 'paused':
      return <Stat label={words.next} icon="clock" value={words.paused} note={words.pausedHint} tone="bad" />;
    case 'not-served':
      return (
        <Stat
          label={words.next}
          icon="clock"
          value={words.notServed}
          note={words.notServedHint}
          tone="warn"
        />
      );
  }
}

function Second({ journal }: { readonly journal: JournalTold | null }) {
  const tone = journalTone(journal);
  if (journal === null) {
    return (
      <Stat label={words.second} icon="drive" value={words.noSecond} note={words.noSecondHint} tone={tone}>
        <Link href="/settings" className={styles.way}>
          {words.chooseSecond}
        </Link>
      </Stat>
    );
  }
  const notes = {
    current: words.journal.currentHint,
    behind: words.journal.behindHint(journal.lagCommands),
    unreachable: words.journal.unreachableHint,
  };
  return (
    <Stat
      label={words.second}
      icon="drive"
      value={words.journal[journal.state]}
      note={notes[journal.state]}
      tone={tone}
    />
  );
}
