// The generated parts of the documents: which table of the source stands where.

import type { LogEvent } from '@masala/protocol';
import {
  type ErrorRow,
  type ExitCode,
  environmentName,
  errors,
  exitCodes,
  logEvents,
  type NoticeRow,
  notices,
  type SettingRow,
  settings,
} from '@masala/protocol';
import { eventSection, limitSection, methodSection, shapeSection } from './contract-sections.ts';
import { code, duration, table } from './markdown.ts';

export interface Section {
  /** Relative to the root. */
  readonly file: string;
  readonly name: string;
  readonly content: () => string;
}

export const sections: readonly Section[] = [
  { file: 'docs/protocol.md', name: 'limits', content: limitSection },
  { file: 'docs/protocol.md', name: 'shapes', content: shapeSection },
  { file: 'docs/protocol.md', name: 'methods', content: methodSection },
  { file: 'docs/protocol.md', name: 'events', content: eventSection },
  { file: 'docs/protocol.md', name: 'errors', content: wireErrorSection },
  { file: 'docs/support.md', name: 'error codes', content: errorSection },
  { file: 'docs/support.md', name: 'exit codes', content: exitCodeSection },
  { file: 'docs/support.md', name: 'log events', content: logEventSection },
  { file: 'docs/support.md', name: 'notices', content: noticeSection },
  { file: 'docs/admin.md', name: 'settings', content: settingSection },
];

const yesNo = (yes: boolean) => (yes ? 'yes' : 'no');

function wireErrorSection(): string {
  const rows = Object.entries<ErrorRow>(errors).map(([name, row]) => [
    code(name),
    yesNo(row.retryable),
    row.message,
  ]);
  return table(['Code', 'Retryable', 'Message'], rows);
}

function errorSection(): string {
  const rows = Object.entries<ErrorRow>(errors).map(([name, row]) => [
    code(name),
    row.message,
    yesNo(row.retryable),
    row.hint,
  ]);
  return table(['Code', 'What happened', 'Retryable', 'What to do'], rows);
}

function noticeSection(): string {
  const rows = Object.entries<NoticeRow>(notices).map(([name, row]) => [
    code(name),
    row.level,
    row.message,
    row.hint,
  ]);
  return table(['Notice', 'Level', 'What the admin sees', 'What to do'], rows);
}

function exitCodeSection(): string {
  const rows = Object.entries<ExitCode>(exitCodes).map(([name, row]) => [
    String(row.code),
    code(name),
    row.meaning,
    yesNo(row.restart),
  ]);
  return table(['Code', 'Name', 'Meaning', 'Core is started again'], rows);
}

function logEventSection(): string {
  const rows = Object.entries<LogEvent>(logEvents).map(([name, row]) => [
    code(name),
    row.level,
    row.message,
    row.explanation,
  ]);
  return table(['`event`', '`level`', '`msg`', 'What it means, what to do'], rows);
}

function settingSection(): string {
  const rows = Object.entries<SettingRow>(settings).map(([name, row]) => [
    code(name),
    row.meaning,
    defaultOf(row),
    rangeOf(row),
    code(environmentName(name)),
    yesNo(row.needsRestart),
  ]);
  return table(['Name', 'Meaning', 'Default', 'Range', 'In the environment', 'Needs a restart'], rows);
}

function defaultOf(row: SettingRow): string {
  if (row.type === 'integer' && row.unit === 'ms') return `${row.default} (${duration(row.default)})`;
  return row.default === '' ? 'empty' : String(row.default);
}

function rangeOf(row: SettingRow): string {
  switch (row.type) {
    case 'integer':
      return `${row.minimum} to ${row.maximum}${row.unit === 'count' || row.unit === 'port' ? '' : ` ${row.unit}`}`;
    case 'switch':
      return 'true or false';
    case 'text':
      return [row.mustBe, `at most ${row.maxLength} characters`]
        .filter((part) => part !== undefined)
        .join('; ');
  }
}
