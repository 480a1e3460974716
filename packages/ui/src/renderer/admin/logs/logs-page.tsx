// The page /logs: the server's log lines, newest first, filtered, followed, and each to be read in full.

import { useCallback, useMemo, useState } from 'react';
import type { LogLevelName, LogLine } from '../../../bridge/logs.ts';
import { Button } from '../../shared/components/button.tsx';
import { Card } from '../../shared/components/card.tsx';
import { CopyButton } from '../../shared/components/copy-button.tsx';
import { type Column, DataTable } from '../../shared/components/data-table.tsx';
import { DoorFailure } from '../../shared/components/door-failure.tsx';
import { Drawer } from '../../shared/components/drawer.tsx';
import { EmptyState } from '../../shared/components/empty-state.tsx';
import { Switch } from '../../shared/components/field.tsx';
import { PageHeader } from '../../shared/components/page-header.tsx';
import { Pill, type Tone } from '../../shared/components/pill.tsx';
import { formats } from '../../shared/formats.ts';
import { texts } from '../../shared/texts.ts';
import { useLater } from '../../shared/use-later.ts';
import { LogFilters } from './log-filters.tsx';
import { type LogFilterTexts, lineText, noFilters, queryOf } from './log-lines.ts';
import styles from './logs-page.module.css';
import { useLogList } from './use-log-list.ts';

const words = texts.logs;

const tones: Record<LogLevelName, Tone> = {
  trace: 'neutral',
  debug: 'neutral',
  info: 'neutral',
  warn: 'warn',
  error: 'bad',
  fatal: 'bad',
};

export function LogsPage() {
  const [filters, setFilters] = useState<LogFilterTexts>(noFilters);
  const [isFollowing, setFollowing] = useState(true);
  const [shown, setShown] = useState<LogLine>();
  const [isOpen, setOpen] = useState(false);
  // Filters are plain data: two that read alike are the same question.
  const asked = useLater(JSON.stringify(queryOf(filters)));
  const query = useMemo(() => JSON.parse(asked) as ReturnType<typeof queryOf>, [asked]);
  const [isScrolled, setScrolled] = useState(false);
  const [jumps, setJumps] = useState(0);
  const list = useLogList(query, isFollowing && !isScrolled);
  const { reload } = list;
  const toNewest = useCallback(() => {
    setJumps((before) => before + 1);
    reload();
  }, [reload]);
  const open = useCallback((line: LogLine) => {
    setShown(line);
    setOpen(true);
  }, []);
  const columns = useMemo(() => lineColumns(open), [open]);
  const isFiltered = asked !== '{}';
  return (
    <>
      <PageHeader
        title={words.title}
        note={words.lead}
        actions={
          <Switch
            label={words.follow}
            checked={isFollowing}
            onChange={(event) => setFollowing(event.target.checked)}
          />
        }
      />
      <LogFilters
        filters={filters}
        onChange={setFilters}
        onClear={() => setFilters(noFilters)}
        canClear={JSON.stringify(filters) !== JSON.stringify(noFilters)}
      />
      {list.error !== undefined && (
        <DoorFailure error={list.error} onRetry={list.reload} answeredAt={list.answeredAt} />
      )}
      <div className={styles.toolbar}>
        <p role="status" className={styles.count}>
          {!list.isLoading && words.count(list.lines.length, list.next !== null)}
          {isFollowing && isScrolled && ` · ${words.followRests}`}
        </p>
        {(isScrolled || list.isCutAbove) && (
          <Button compact icon="chevronUp" onClick={toNewest}>
            {words.toNewest}
          </Button>
        )}
      </div>
      <Card flush className={styles.list}>
        <DataTable
          // Another question, or the way back, begins at the top.
          key={`${jumps} ${asked}`}
          label={words.list}
          columns={columns}
          rows={list.isLoading ? undefined : list.lines}
          rowKey={(line) => line.id}
          height="tall"
          hasMore={list.next !== null}
          onEnd={list.readOlder}
          onScrolled={setScrolled}
          empty={<NoLines isFiltered={isFiltered} />}
        />
      </Card>
      {shown !== undefined && <LineDrawer line={shown} isOpen={isOpen} onOpenChange={setOpen} />}
    </>
  );
}

function NoLines({ isFiltered }: { readonly isFiltered: boolean }) {
  return (
    <EmptyState icon="logs" title={isFiltered ? words.none : words.nothing}>
      {isFiltered ? words.noneHint : words.nothingHint}
    </EmptyState>
  );
}

function lineColumns(onOpen: (line: LogLine) => void): readonly Column<LogLine>[] {
  return [
    {
      id: 'time',
      header: words.columns.time,
      cell: (line) => (
        <time className={styles.time} dateTime={new Date(line.time).toISOString()}>
          {formats.date(line.time)} {formats.timeExact(line.time)}
        </time>
      ),
    },
    {
      id: 'level',
      header: words.columns.level,
      cell: (line) => <Pill tone={tones[line.level]}>{words.levels[line.level]}</Pill>,
    },
    { id: 'file', header: words.columns.file, cell: (line) => words.files[line.file] },
    {
      id: 'event',
      header: words.columns.event,
      cell: (line) => <code className={styles.event}>{line.event}</code>,
    },
    {
      id: 'message',
      header: words.columns.message,
      wide: true,
      fills: true,
      cell: (line) => (
        <button
          type="button"
          className={styles.message}
          aria-label={words.open(line.message)}
          onClick={() => onOpen(line)}
        >
          {line.message}
        </button>
      ),
    },
  ];
}

interface LineDrawerProps {
  readonly line: LogLine;
  readonly isOpen: boolean;
  readonly onOpenChange: (open: boolean) => void;
}

function LineDrawer({ line, isOpen, onOpenChange }: LineDrawerProps) {
  const facts: readonly (readonly [string, unknown])[] = [
    ['time', new Date(line.time).toISOString()],
    ['level', line.level],
    ['file', line.file],
    ['event', line.event],
    ...Object.entries(line.fields),
  ];
  return (
    <Drawer
      open={isOpen}
      onOpenChange={onOpenChange}
      title={words.details}
      note={line.message}
      actions={<CopyButton text={lineText(line)}>{words.copy}</CopyButton>}
    >
      <dl className={styles.facts}>
        {facts.map(([name, value]) => (
          <div key={name} className={styles.fact}>
            <dt className={styles.name}>{name}</dt>
            <dd className={styles.value}>
              {typeof value === 'string' ? value : JSON.stringify(value, null, 2)}
            </dd>
          </div>
        ))}
      </dl>
    </Drawer>
  );
}
