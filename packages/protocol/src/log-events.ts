// Every log event by name, with what it means and what to do: docs/support.md is generated from this table.
//
// fatal = this process ends; error = a person is needed; warn = healed by itself; info = the normal course.

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'fatal';

export interface LogEvent {
  readonly level: LogLevel;
  /** The constant sentence that stands in `msg`. */
  readonly message: string;
  /** For the support engineer: what it means and what to do. */
  readonly explanation: string;
}

export const logEvents = {
  // --- core: its life -------------------------------------------------------------------------------
  'core.starting': {
    level: 'info',
    message: 'The core starts.',
    explanation: 'Names the version, the process and the flags of the start.',
  },
  'core.running': {
    level: 'info',
    message: 'The core serves clients.',
    explanation: '`elapsedMs` is the time since the process began.',
  },
  'core.state.changed': {
    level: 'info',
    message: 'The state of the core changed.',
    explanation: '`from`, `to` and the flags (read-only, degraded, locked).',
  },
  'core.stopping': {
    level: 'info',
    message: 'The core stops in order.',
    explanation: '`reason` says who asked. Work in flight is finished first.',
  },
  'core.stop.pending': {
    level: 'warn',
    message: 'Work was still pending when the stop was forced.',
    explanation: '`pending` counts it. Clients keep their writes and try them again: nothing is lost.',
  },
  'core.stopped': {
    level: 'info',
    message: 'The core has stopped.',
    explanation: 'The end of an ordered stop.',
  },
  'core.fault': {
    level: 'fatal',
    message: 'An unexpected error ended the core.',
    explanation: '`error` has the stack. The supervisor starts the core again; report the stack.',
  },
  'core.start.refused': {
    level: 'fatal',
    message: 'The core cannot start.',
    explanation: '`exitCode` and `reason` say why; see the exit codes.',
  },
  'core.supervisor.attached': {
    level: 'info',
    message: 'A supervisor watches over the core.',
    explanation: 'A new one, or one that adopted the running core.',
  },
  'core.supervisor.lost': {
    level: 'warn',
    message: 'The supervisor is gone; the core serves on.',
    explanation: 'After 5 s the core starts a new one, unless the server is wanted stopped.',
  },
  'core.supervisor.started': {
    level: 'warn',
    message: 'The core started a supervisor.',
    explanation: 'The old one was killed or died. The new one adopts the running core.',
  },
  'core.supervisor.budget-spent': {
    level: 'error',
    message: 'Supervisors die too often; the core tries one every ten minutes.',
    explanation: 'Look at logs/supervisor.log for what ends them (a virus scanner, a script).',
  },
  'task.failed': {
    level: 'warn',
    message: 'A background task failed and is started again.',
    explanation:
      '`task` names it, `failures` counts, `error` has the stack. The core is marked degraded meanwhile.',
  },
  'task.recovered': {
    level: 'info',
    message: 'A background task works again.',
    explanation:
      'It ran long enough to be trusted; the flag degraded is taken back when no other task is ill.',
  },

  // --- core: the store ------------------------------------------------------------------------------
  'store.opened': {
    level: 'info',
    message: 'The database is open.',
    explanation: 'Schema version, epoch, last sequence, size.',
  },
  'store.created': {
    level: 'warn',
    message: 'A new empty database has been created.',
    explanation: 'Expected at the first start only. Later it means that masala.db was missing.',
  },
  'store.migrated': {
    level: 'info',
    message: 'The database was brought to the present schema.',
    explanation: '`from` and `to` are schema versions.',
  },
  'store.commit.slow': {
    level: 'warn',
    message: 'A commit took long.',
    explanation: '`elapsedMs` and `commands`. A slow or failing disk, or another program that writes much.',
  },
  'store.commit.unknown': {
    level: 'fatal',
    message: 'A commit failed and may or may not be on disk; nobody was answered.',
    explanation:
      'The core ends; clients repeat their writes and learn the truth. Check the disk when it repeats.',
  },
  'store.disk-full': {
    level: 'error',
    message: 'The disk is full; saves fail until there is space.',
    explanation:
      'Free space on the drive of the data directory. Reads go on; saves work again by themselves. Told once, with the first save that failed.',
  },
  'store.disk-full.over': {
    level: 'info',
    message: 'There is space again; saves work.',
    explanation:
      '`failures` counts the answers DISK_FULL that were given; `elapsedMs` is how long it lasted.',
  },
  'disk.low': {
    level: 'warn',
    message: 'The disk space is low.',
    explanation:
      '`folder` and `freeBytes`. Free space there: below `disk.criticalBytes` backups pause, and at nothing saves fail.',
  },
  'disk.critical': {
    level: 'error',
    message: 'The disk is nearly full; backups to it pause.',
    explanation: '`folder` and `freeBytes`. Free space there; backups go on by themselves.',
  },
  'disk.recovered': {
    level: 'info',
    message: 'There is enough disk space again.',
    explanation: '`folder` and `freeBytes`.',
  },
  'store.command.failed': {
    level: 'error',
    message: 'A command met an unexpected error and was rolled back.',
    explanation: '`incidentId`, `method` and `error`. The other commands of its group were not harmed.',
  },
  'store.checkpoint.slow': {
    level: 'warn',
    message: 'A checkpoint took long.',
    explanation: '`elapsedMs` and `walBytes`. A slow disk.',
  },
  'store.checkpoint.failed': {
    level: 'warn',
    message: 'A checkpoint failed; it is tried again later.',
    explanation: 'The write-ahead log grows meanwhile. Nothing is lost.',
  },

  'store.chain-end.unwritten': {
    level: 'error',
    message: 'The mark of the newest command could not be written.',
    explanation:
      '`error` says why. The command is booked and safe; until the mark is written again a cut end would go unnoticed.',
  },
  'store.chain-end.unreadable': {
    level: 'warn',
    message: 'The mark of the newest command is missing or damaged; it is made anew.',
    explanation:
      'Whether commands are missing at the end of the database cannot be told this once. Expected after an update.',
  },
  'store.lost': {
    level: 'fatal',
    message: 'The database file was deleted or replaced while in use.',
    explanation:
      '`reason` says what happened to which file. A backup is made from the open handle; the next start is a recovery.',
  },

  // --- core: checks, backups, recovery --------------------------------------------------------------
  'backup.made': {
    level: 'info',
    message: 'A backup was made.',
    explanation: '`id`, `kind`, `path`, `bytes`, `lastSequence`, `elapsedMs`, and whether it was verified.',
  },
  'backup.failed': {
    level: 'error',
    message: 'A backup could not be made.',
    explanation:
      '`kinds`, `code` and `error` say what and why. It is tried again by itself; saves are not harmed.',
  },
  'backup.damaged': {
    level: 'error',
    message: 'A backup is damaged.',
    explanation:
      '`path` and `problem`. A restore takes another. A disk that damages files should be replaced.',
  },
  'backup.verified': {
    level: 'info',
    message: 'A backup was opened, checked and restored into a scratch file.',
    explanation: '`path` and `elapsedMs`. It can be restored.',
  },
  'backup.copied': {
    level: 'info',
    message: 'A backup was copied to the second folder.',
    explanation: '`path`, `bytes` and `elapsedMs`.',
  },
  'backup.copy.failed': {
    level: 'error',
    message: 'A backup could not be copied to the second folder.',
    explanation:
      '`path`, `code` and `error` say which and why. What is missing there is copied as soon as it can be.',
  },
  'backup.removed': {
    level: 'info',
    message: 'Backups that have had their time were removed.',
    explanation: '`paths` names them. Newer ones took their place, or the disk is nearly full.',
  },
  'backup.second.changed': {
    level: 'warn',
    message: 'The second backup folder is in another state than before.',
    explanation: '`state` is ready, same-disk or unreachable, `folder` and `reason` say more.',
  },
  'integrity.quick-check.done': {
    level: 'info',
    message: 'The structure of the database was checked before serving.',
    explanation:
      '`because` says why it had to be; `kind` is sound, damaged or io, `problems` lists what was found.',
  },
  'integrity.checked': {
    level: 'info',
    message: 'The database was checked in full and is sound.',
    explanation: '`checked` counts tables and records, `elapsedMs`.',
  },
  'integrity.damaged': {
    level: 'error',
    message: 'The full check found damage in the database.',
    explanation:
      '`problems` lists it. The core ends and waits in recovery; replace a disk or memory that damages files.',
  },
  'integrity.unreadable': {
    level: 'error',
    message: 'The database could not be checked in full, since the disk could not be read.',
    explanation:
      '`problems` says where. It is tried again in ten minutes. Check cable and disk, and make a backup.',
  },
  'integrity.record.unwritten': {
    level: 'warn',
    message: 'The result of a check could not be written down.',
    explanation: 'Mostly a full disk. The next start may check the database once more than it needs to.',
  },
  'recovery.entered': {
    level: 'error',
    message: 'The server waits for the admin to choose how to recover.',
    explanation: '`reason` (missing, damaged, lost, requested) and `message` say why.',
  },
  'recovery.begun': {
    level: 'warn',
    message: 'A recovery begins.',
    explanation: '`action` (restore, salvage, fresh), the backup and the moment asked for.',
  },
  'recovery.done': {
    level: 'warn',
    message: 'A recovery is done; the server goes on with a new epoch.',
    explanation: 'The whole report: what was restored, to which command and moment, what is missing.',
  },
  'recovery.failed': {
    level: 'error',
    message: 'A recovery failed; nothing was changed.',
    explanation: '`code` and `error` say why. The server waits for another choice.',
  },
  'recovery.withdrawn': {
    level: 'warn',
    message: 'A recovery is no longer needed: the database was checked in full and is sound.',
    explanation:
      'Its files were brought back, or the restore that was asked for failed. `reason` and `message` are those of the note.',
  },
  'recovery.note.unwritten': {
    level: 'error',
    message: 'Why the next start is a recovery could not be written down.',
    explanation: 'The whole folder may be gone, or the disk full. The next start looks at the files itself.',
  },
  'recovery.request.dropped': {
    level: 'error',
    message: 'A recovery that was asked for is not tried again, since the core died of it.',
    explanation: '`core.died` before this line says how. The server waits for another choice.',
  },

  'journal.opened': {
    level: 'info',
    message: 'The journal on the second drive is open.',
    explanation:
      '`folder`, and `sequence`, the command it goes on after. `created`: it was begun, and holds what comes after `sequence`.',
  },
  'journal.unreachable': {
    level: 'warn',
    message: 'The journal on the second drive cannot be written.',
    explanation:
      '`reason` says why. Saves go on; it is tried again with growing pauses, and what is missing is copied then.',
  },
  'journal.reached': {
    level: 'info',
    message: 'The journal on the second drive can be written again.',
    explanation: 'What was missing there is copied.',
  },
  'journal.tail-cut': {
    level: 'warn',
    message: 'The end of the journal was broken off by a crash or a power cut and is written again.',
    explanation: '`sequence` is the first command of it. Nothing is missing: the database has them.',
  },
  'journal.damaged': {
    level: 'error',
    message: 'A part of the journal is damaged; it is copied again from the database.',
    explanation: '`folder` and `sequence` say where. If it repeats, the second drive is failing: replace it.',
  },
  'journal.begun-anew': {
    level: 'warn',
    message: 'The journal is not where it was and is begun anew, completely.',
    explanation:
      'Somebody deleted it or changed the drive. All commands that still have their bodies are copied.',
  },
  'journal.set-aside': {
    level: 'error',
    message: 'A journal does not fit the database; it is kept under another name and a new one is begun.',
    explanation:
      '`reason` says why, `folder` where it is now. If it reaches further than the database, that was set back: call support.',
  },
  'journal.pruned': {
    level: 'info',
    message: 'Old segments of the journal were removed.',
    explanation: 'Older than a year, and covered by every good backup. `segments` counts them.',
  },

  // --- core: connections ----------------------------------------------------------------------------
  'rpc.listening': {
    level: 'info',
    message: 'The server listens for clients.',
    explanation: 'Address and port.',
  },
  'rpc.connection.opened': {
    level: 'info',
    message: 'A device signed in.',
    explanation: 'Device, address, version of the client.',
  },
  'rpc.connection.closed': {
    level: 'info',
    message: 'A device went away.',
    explanation: '`reason`, and how many requests it had made.',
  },
  'rpc.connection.refused': {
    level: 'warn',
    message: 'A connection was refused.',
    explanation: '`code` is from the error table, `address` says who.',
  },
  'rpc.peer.slow': {
    level: 'warn',
    message: 'A peer was too slow and was disconnected.',
    explanation: '`phase` says which bound it reached: handshake, frame, write or idle.',
  },
  'rpc.frame.rejected': {
    level: 'warn',
    message: 'A frame could not be read; its connection was closed.',
    explanation:
      'A broken client, a port scan, or another program on the port. `code` and `reason` say what.',
  },
  'rpc.request.failed': {
    level: 'error',
    message: 'A request met an unexpected error.',
    explanation: '`incidentId` is what the user was told; `method` and `error` say where.',
  },
  'rpc.request.slow': {
    level: 'warn',
    message: 'A request took longer than its deadline.',
    explanation: '`method` and `elapsedMs`.',
  },
  'rpc.events.lagged': {
    level: 'warn',
    message: 'A session did not read its events and was told to reload.',
    explanation: 'A desktop that sleeps or hangs. It costs the server nothing.',
  },

  // --- core: devices and discovery ------------------------------------------------------------------
  'identity.created': {
    level: 'info',
    message: "The server's key and certificate were made.",
    explanation: 'Expected at the first start only. `serverId` is the identity that clients pin.',
  },
  'pairing.code.created': {
    level: 'info',
    message: 'A join code was made.',
    explanation: 'Role and end of life; never the code itself.',
  },
  'pairing.succeeded': {
    level: 'info',
    message: 'A device was paired.',
    explanation: 'Device, name, role, address.',
  },
  'pairing.failed': {
    level: 'warn',
    message: 'A wrong join code was tried.',
    explanation: '`address` and how many tries are left. Many from one address: somebody guesses.',
  },
  'device.revoked': {
    level: 'info',
    message: 'A device was revoked.',
    explanation: 'Its connections are closed at once.',
  },
  'discovery.announcing': {
    level: 'info',
    message: 'The server can be found on the network.',
    explanation: 'The UDP port and how often.',
  },
  'discovery.send.failed': {
    level: 'debug',
    message: 'An announcement could not be sent.',
    explanation: 'A network card is down or has no address. Other cards are tried all the same.',
  },

  // --- core: imports and checks ---------------------------------------------------------------------
  'import.started': {
    level: 'info',
    message: 'An import began.',
    explanation: 'Kind, file name, bytes, device.',
  },
  'import.ended': {
    level: 'info',
    message: 'An import ended.',
    explanation: 'Lines, booked, skipped, refused, elapsedMs.',
  },
  'import.failed': {
    level: 'warn',
    message: 'An import was refused or broken off.',
    explanation: '`code` is from the error table. Importing the file again books nothing twice.',
  },
  'import.file.left': {
    level: 'warn',
    message: 'The temporary file of an import could not be removed.',
    explanation: 'Another program holds it, such as a virus scanner. The next start of the core removes it.',
  },
  'ledger.verified': {
    level: 'info',
    message: 'The ledger was recomputed and agrees.',
    explanation: 'Counts of commands, documents, movements and levels, elapsedMs.',
  },
  'ledger.differs': {
    level: 'error',
    message: 'The ledger was recomputed and does not agree.',
    explanation: '`differences` names them. Keep the data directory as it is and call support.',
  },

  // --- supervisor -----------------------------------------------------------------------------------
  'supervisor.started': {
    level: 'info',
    message: 'The supervisor started.',
    explanation: 'Version, process, data directory, flags.',
  },
  'supervisor.stopped': {
    level: 'info',
    message: 'The supervisor stopped.',
    explanation: 'The server was stopped in order. `reason` says who asked.',
  },
  'supervisor.fault': {
    level: 'fatal',
    message: 'An unexpected error ended the supervisor.',
    explanation: '`error` has the stack. The core serves on and starts a new supervisor.',
  },
  'supervisor.lock.lost': {
    level: 'fatal',
    message: "The supervisor's lock file or control socket was deleted.",
    explanation: 'Somebody deleted files in run/. The supervisor ends; the core starts a new one.',
  },
  'supervisor.wanted.unwritten': {
    level: 'error',
    message: 'What is wanted of the server could not be written down.',
    explanation:
      'run/wanted.json: mostly a full disk. The server runs; after a crash of all it may forget its flags.',
  },
  'supervisor.disk.silent': {
    level: 'error',
    message: 'The disk of the data directory does not answer.',
    explanation:
      '`work` waits for it. The supervisor goes on; what it has to write is written once the disk answers.',
  },
  'supervisor.disk.answered': {
    level: 'info',
    message: 'The disk of the data directory answers again.',
    explanation: '`silentMs`: how long it did not.',
  },
  'supervisor.lives.unread': {
    level: 'warn',
    message: 'The list of the earlier lives of the core could not be read.',
    explanation: 'lives.json in the data directory is damaged; the timeline of the dashboard begins anew.',
  },
  'supervisor.lives.unwritten': {
    level: 'warn',
    message: 'A life of the core could not be written down.',
    explanation: 'lives.json: mostly a full disk. Only the timeline of the dashboard may miss it.',
  },
  'settings.changed': {
    level: 'info',
    message: 'Settings were written into settings.json.',
    explanation:
      '`changes` names them; null took one out. They are in force from the next start of the core.',
  },
  'supervisor.show.requested': {
    level: 'info',
    message: 'A second start asked the running server to show itself.',
    explanation: 'Somebody started Masala again. Nothing to do.',
  },
  'tray.ready': {
    level: 'info',
    message: 'The tray icon is there.',
    explanation:
      '`trayHostPid`, `helperPid`. Some desktops show no tray at all: the dashboard works without it.',
  },
  'tray.unavailable': {
    level: 'info',
    message: 'This server shows no tray icon.',
    explanation: '`reason`, mostly that there is no display. Nothing to do: `masala-server` does the same.',
  },
  'tray.lost': {
    level: 'warn',
    message: 'The tray icon went away and is brought back.',
    explanation: '`reason`, `nextTryMs`. The server is not touched by it.',
  },
  'tray.resting': {
    level: 'warn',
    message: 'The tray icon cannot be shown at present and is tried again now and then.',
    explanation: '`reason`, `nextTryMs`; not logged again until it is there. `masala-server` does the same.',
  },
  'notification.failed': {
    level: 'warn',
    message: 'A notification could not be shown on this PC.',
    explanation: '`reason`; not logged again until one is shown. Status and dashboard say the same.',
  },
  'dashboard.opened': {
    level: 'info',
    message: 'The dashboard was opened.',
    explanation: '`host` says whether in its own window (electron) or in the default browser; `hostPid`.',
  },
  'dashboard.open.failed': {
    level: 'warn',
    message: 'The dashboard could not be opened.',
    explanation:
      '`code`, `reason`; logs/dashboard-stderr.log has its last words. The server is not touched by it. `masala-server open` tries again.',
  },
  'dashboard.host.hung': {
    level: 'warn',
    message: 'A process of the dashboard hung.',
    explanation:
      '`pids`: they did not answer and were ended, unless another program may have the pid by now. The server is not touched by it.',
  },
  'dashboard.started': {
    level: 'info',
    message: 'The web host of the dashboard listens.',
    explanation: '`origin` is its address on this PC. In logs/dashboard-stderr.log, as all that it says.',
  },
  'dashboard.ended': {
    level: 'info',
    message: 'The web host of the dashboard has ended.',
    explanation:
      'No page was open for ten minutes, or the server was stopped. It is started again when it is needed.',
  },
  'dashboard.request.refused': {
    level: 'warn',
    message: 'The host of the dashboard refused a request.',
    explanation:
      '`path` or `address`: an old link, or another page or program of this PC that tried; `count` of them since the last such line. Without a sign-in nobody gets anything.',
  },
  'dashboard.fault': {
    level: 'error',
    message: 'An unexpected error happened in the host of the dashboard.',
    explanation:
      '`error` has the stack, `incidentId` is what the page showed. The server is not touched by it.',
  },
  'dashboard.window.gone': {
    level: 'warn',
    message: "The process of the dashboard's window ended.",
    explanation:
      '`reason`. It is loaded again; after three times in a minute the window closes. The server is not touched by it.',
  },
  'core.spawned': {
    level: 'info',
    message: 'The supervisor started the core.',
    explanation: 'Its process and whether it is in safe mode.',
  },
  'core.adopted': {
    level: 'info',
    message: 'The supervisor adopted the running core.',
    explanation: 'The core had outlived an earlier supervisor. No client noticed.',
  },
  'core.suspect': {
    level: 'warn',
    message: 'The core does not answer.',
    explanation: '`silentMs`. If it stays silent it is ended and started again.',
  },
  'core.hung': {
    level: 'warn',
    message: 'The core hung and was ended.',
    explanation: 'It is started again at once. `silentMs` is how long it was silent.',
  },
  'core.died': {
    level: 'warn',
    message: 'The core died.',
    explanation: '`exitCode`, `signal`, `reason`, `stderrTail` say why; it is started again.',
  },
  'core.recovery.requested': {
    level: 'warn',
    message: 'The core ended for the restore that was asked for, and is started again.',
    explanation: 'No fault. `recovery.begun` in core.log follows.',
  },
  'core.restarted': {
    level: 'warn',
    message: 'The core was started again.',
    explanation: '`restarts` since the start of the supervisor, `downMs` without service.',
  },
  'core.safe-mode': {
    level: 'error',
    message: 'The core died too often and is started in safe mode.',
    explanation: 'Nothing can be saved, all can be read. `core.died` before this line names the cause.',
  },
  'core.given-up': {
    level: 'error',
    message: 'The core died in safe mode too and is not started again.',
    explanation: '`core.died` names the cause. `masala-server restart` tries again.',
  },
  'core.start.hopeless': {
    level: 'error',
    message: 'The core cannot start, and trying again would not help.',
    explanation: '`exitCode` and `reason` say what to mend; then `masala-server start`.',
  },
  'watchdog.rearmed': {
    level: 'info',
    message: 'This PC slept or its clock jumped; the watchdog begins anew.',
    explanation: '`lateMs` is how late the own timer came. Nobody was accused.',
  },
  'control.refused': {
    level: 'warn',
    message: 'A caller on the control channel could not prove that it may command the server.',
    explanation: 'Another user of this PC, or a program that tries pipes.',
  },
  'log.lines.lost': {
    level: 'warn',
    message: 'Log lines could not be written.',
    explanation: '`lines` counts them. The disk is full or the file is locked by another program.',
  },
} as const satisfies Record<string, LogEvent>;

export type LogEventName = keyof typeof logEvents;
