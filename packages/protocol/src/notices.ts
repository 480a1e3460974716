// The notices that stay on the admin's screen as long as their reason lasts: one table for status, tray and dashboard.

export interface NoticeRow {
  readonly level: 'info' | 'warn' | 'error';
  /** What it is about; `{name}` is filled from the notice's data. */
  readonly message: string;
  /** What the admin can do; filled like the message. */
  readonly hint: string;
}

export const notices = {
  'disk-low': {
    level: 'warn',
    message: 'Low disk space — {megabytes} MB remaining. Data operations may fail.',
    hint: 'Free space on the drive of {folder}.',
  },
  'backups-paused': {
    level: 'error',
    message: 'Backups are paused: the disk is nearly full.',
    hint: 'Free space on the drive of {folder}; backups go on by themselves.',
  },
  'backup-failed': {
    level: 'error',
    message: 'The last backup could not be made: {reason}',
    hint: 'It is tried again by itself. `masala-server backup list` shows what there is.',
  },
  'second-folder-unreachable': {
    level: 'error',
    message: 'The second backup folder cannot be reached: {folder}',
    hint: 'Plug the drive in. Saves go on; what is missing there is copied as soon as it is back.',
  },
  'second-folder-same-disk': {
    level: 'warn',
    message: 'The second backup folder is on the same disk as the data: {folder}',
    hint: 'Choose a folder on another drive (setting backup.secondFolder): one broken disk would take both.',
  },
  'journal-behind': {
    level: 'warn',
    message: 'The journal on the second drive is {commands} commands behind.',
    hint: 'It catches up by itself. If it lasts, the drive is slow or full: {reason}',
  },
  'journal-set-aside': {
    level: 'error',
    message: 'The journal did not fit the database and was kept aside: {reason}',
    hint: 'If an older copy of the data was put in place, what is missing may be in {folder}: call support.',
  },
  'database-created': {
    level: 'warn',
    message: 'A new empty database has been created.',
    hint: 'Expected at the first start only.',
  },
  'database-recovered': {
    level: 'warn',
    message: 'The database was recovered ({action}): its state is that of {asOf}.',
    hint: 'What is missing since then is offered again by the desktops: `masala resend` on each of them.',
  },
  'restore-failed': {
    level: 'error',
    message: 'The restore could not be made: {reason}',
    hint: 'The database is as it was before. `masala-server backup list` shows what else there is.',
  },
  'database-salvaged': {
    level: 'warn',
    message: 'The database was salvaged: {lost} records are missing, {remade} were made anew.',
    hint: 'The report is in {report}. Count the stock of the items that it names.',
  },
} as const satisfies Record<string, NoticeRow>;

export type NoticeName = keyof typeof notices;
export type NoticeData = Readonly<Record<string, string | number>>;

/** A notice as it travels: filled in, ready to be shown. */
export interface Notice {
  readonly name: NoticeName;
  readonly level: NoticeRow['level'];
  readonly message: string;
  readonly hint: string;
  /** UTC ms at which it appeared. */
  readonly since: number;
  readonly data: NoticeData;
}

/** Fills a row of the table. A placeholder without data stays as it is, and shows the mistake. */
export function noticeOf(name: NoticeName, data: NoticeData, since: number): Notice {
  const { level, message, hint } = notices[name];
  return { name, level, message: filled(message, data), hint: filled(hint, data), since, data };
}

/** The language that the table is written in. */
const number = new Intl.NumberFormat('en');

function filled(template: string, data: NoticeData): string {
  return template.replace(/\{(\w+)\}/g, (placeholder, name: string) => {
    const value = data[name] ?? placeholder;
    return typeof value === 'number' ? number.format(value) : value;
  });
}
