// Every bound of the system, in one place: reaching one is a coded error, never growth without end.

const KIBIBYTE = 1024;
const MEBIBYTE = 1024 * KIBIBYTE;
const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** The largest and smallest integer that travels: beyond it a JavaScript number is no longer exact. */
export const INTEGER_MAX = Number.MAX_SAFE_INTEGER;

export const limits = {
  // --- frames -------------------------------------------------------------------------------------
  /** A document of 1,000 lines is about 120 KiB; eight times that leaves room for long notes. */
  frameMaxBytes: MEBIBYTE,
  /** Before authentication only hello, pair and authenticate travel; each is under 1 KiB. */
  frameBeforeAuthenticationMaxBytes: 16 * KIBIBYTE,
  /** Params nest document > lines > line: 4 levels. 16 leaves room, and a recursion of 16 is harmless. */
  messageDepthMax: 16,
  /** 1,000 lines of 10 fields each are 20,000 values; more in one frame is not a document. */
  messageValuesMax: 100_000,

  // --- connections --------------------------------------------------------------------------------
  /** A small factory has some 50 desktops; ten times that still costs under 100 MiB of TLS state. */
  connectionsMax: 512,
  /** One address may hold a tenth of all, so that a broken PC cannot lock the others out. Loopback is exempt. */
  connectionsPerAddressMax: 48,
  /** A client that has 256 requests unanswered gains nothing by a 257th: it waits. */
  requestsInFlightPerSessionMax: 256,
  /** Events queued for a slow reader: after these it is told that it lagged and must reload. */
  eventsQueuedPerSessionMax: 256,
  /** Unsent bytes for a peer that does not read; beyond it reading from that peer pauses, so it costs no memory. */
  sendBufferPerSessionMaxBytes: 2 * MEBIBYTE,
  /** Item ids named in one `stock.changed`: a larger change says `reload` instead of listing them. */
  eventItemIdsMax: 200,

  // --- the writer ---------------------------------------------------------------------------------
  /** Above 256 a group gains under 5 % throughput but adds latency (measured 39 k/s at 64, 49 k/s at 256). */
  groupCommandsMax: 256,
  /** Commands waiting for the writer: at the measured 20,000/s this is 0.4 s of work, far below a deadline. */
  writerQueueCommandsMax: 8_192,
  /** 16 MiB of WAL is where a checkpoint pays: smaller ones cost more fsyncs, larger ones slow recovery. */
  checkpointWalBytes: 16 * MEBIBYTE,
  /** The bodies of commands are kept a year: long enough for any client that was switched off to ask again. */
  commandBodyRetentionMs: 365 * DAY_MS,
  /**
   * … and the newest keep theirs whatever the clock says: one that is set years ahead makes every command old, and what is
   * not answered yet must still be told from what was. A hundred thousand are months of a busy factory, and 150 MB.
   */
  commandBodiesKept: 100_000,
  /** Bodies dropped in one group: 500 rows rewrite in about 5 ms, so no save notices. */
  commandExpiryChunk: 500,
  /** Ids in one `commands.missing`: each is a look-up of some 3 µs, so that 500 hold nobody up. */
  commandsAskedMax: 500,

  /** A restore a day for three years; it also ends the walk where damage has made parents of children. */
  lineageEpochsMax: 1_000,

  // --- inventory ----------------------------------------------------------------------------------
  documentLinesMax: 1_000,
  /** A list's page: 200 rows of 300 bytes stay under 64 KiB and read in under a millisecond. */
  pageRowsMax: 200,
  pageRowsDefault: 50,
  /** They are listed in one answer; a factory counts in a dozen, SI and trade together know under a hundred. */
  unitsMax: 200,
  skuMaxLength: 64,
  nameMaxLength: 200,
  noteMaxLength: 2_000,
  /** 10^6 steps a unit: gram in tonnes, the finest that a factory's scales resolve. */
  itemDecimalsMax: 6,
  /** A line of 10^12 smallest units (a million tonnes in grams); a thousand such lines still sum below 2^53. */
  lineQuantityMax: 1_000_000_000_000,

  // --- devices and pairing ------------------------------------------------------------------------
  devicesMax: 1_000,
  /** A join code is read out across a room: five minutes are enough, and a forgotten one is soon worthless. */
  joinCodeLifetimeMs: 5 * MINUTE_MS,
  /** Wrong secrets from one address before its tries are refused for the lifetime of a code. */
  joinTriesPerAddressMax: 10,
  /** Wrong secrets in all before the open codes are burnt: 200 of 2^50 is a chance of 2·10^-13. */
  joinTriesTotalMax: 200,
  /** Open join codes at once: the admin pairs one desktop after the other. */
  joinCodesOpenMax: 16,

  // --- the pool -----------------------------------------------------------------------------------
  /** Two cores: one thread for the pool's work leaves one to the sockets and the writer. */
  poolThreadsMax: 2,
  poolQueueMax: 64,
  /** Rows checked between two yields of `ledger.verify`: about 10 ms of work, so that a stop never waits. */
  verifyChunkRows: 2_000,
  /** Differences listed in an answer; their number is always told in full. */
  verifyDifferencesMax: 100,

  // --- the journal on the second drive ----------------------------------------------------------------
  /** Read whole at a start, in 20 ms; a busy year is a hundred of them. */
  journalSegmentBytes: 16 * MEBIBYTE,
  /** Written and fsynced at once: large enough that a catch-up is not all fsyncs, and all that a power cut may tear. */
  journalBatchBytes: MEBIBYTE,
  /** Segments are kept for a year, as the bodies of commands are; then only what no backup covers. */
  journalRetentionMs: 365 * DAY_MS,

  // --- imports ------------------------------------------------------------------------------------
  importFileMaxBytes: 256 * MEBIBYTE,
  /** A quarter of a frame: an import's upload never keeps another request waiting long. */
  importChunkBytes: 256 * KIBIBYTE,
  /** A CSV record of a factory is under 1 KiB; 64 KiB is a broken quote that swallowed the file. */
  importRecordMaxBytes: 64 * KIBIBYTE,
  importRowsMax: 2_000_000,
  importsOpenMax: 4,
  /** Refused rows kept with value and reason, about 20 MiB; their number is always told in full. */
  importRefusedRowsMax: 100_000,
  /** Refused rows in one answer: with value and reason cut to their limits, a thousand stay under a frame. */
  importRefusedPageRows: 1_000,
  /** A value that is sent back is there to be recognised, not to be kept. */
  importRefusedValueMaxLength: 100,
  /** Commands of one import in flight: half a group, so that the floor's saves always find room. */
  importCommandsInFlight: 128,
  /** A refused document runs again under the next attempt at each import: a hundred is three months of daily tries. */
  importAttemptsMax: 100,

  // --- backups ------------------------------------------------------------------------------------
  /** An epoch is 200 characters of a manifest: five thousand restores, far more than a server lives to see. */
  backupManifestMaxLength: MEBIBYTE,
  /** A local folder answers in milliseconds, a sleeping drive in seconds; after ten it is told as unreachable. */
  secondFolderTimeoutMs: 10 * SECOND_MS,
  /** Longest silence of work on the second drive: checking the largest table of 1 GB takes seconds, a minute of sleep is a lot. */
  secondFolderStallMs: 2 * MINUTE_MS,
  /**
   * No checkpoint begins the log anew while a backup reads. 1 GB takes some seconds, in which 100 saves/s write 20 MiB; at
   * 256 MiB the target is hopelessly slow, and the log must not fill the disk.
   */
  backupWalGrowthMaxBytes: 256 * MEBIBYTE,
  /** What is written goes to the disk in such pieces: a save's own fsync waits for one of them at most, not for a gigabyte. */
  backupSyncBytes: MEBIBYTE,
  /** How many of each kind stay: an hour of snapshots, a week, a month. */
  backupSnapshotsKept: 12,
  backupDailyKept: 7,
  backupWeeklyKept: 4,
  /** A person makes one before something risky; those written elsewhere with --to are never removed. */
  backupManualKept: 10,
  /** Each was made when the database vanished: five disasters back is enough. */
  backupEmergencyKept: 5,
  /** Damaged ones are kept for whoever wants to save something of them, the newest of each kind. */
  backupDamagedKept: 2,

  // --- the control channel ------------------------------------------------------------------------
  controlFrameMaxBytes: 256 * KIBIBYTE,
  controlConnectionsMax: 32,
  /** Both ends are on one machine: a handshake that takes 5 s is a squatter or a hung process. */
  controlHandshakeMs: 5 * SECOND_MS,

  /** A desktop shows one line of a title and about three of a body; what is longer is cut before it is sent. */
  notificationTitleMaxLength: 200,
  notificationBodyMaxLength: 1_000,

  // --- discovery ----------------------------------------------------------------------------------
  /** An Ethernet frame carries 1,472 bytes of UDP; a beacon that is fragmented is lost twice as often. */
  beaconMaxBytes: 1_472,
  /** Answers a second to one address: a query storm cannot make the server an amplifier. */
  beaconAnswersPerAddressPerSecond: 5,
  beaconAnswersPerSecond: 100,

  /** Datagrams looked at in one search: each costs 0.1 ms of signature checking, so a flood costs 0.1 s at most. */
  discoveryDatagramsMax: 1_000,

  // --- the client ---------------------------------------------------------------------------------
  /** Calls that wait in a client for their turn or for the server to come back; beyond it a new one is refused. */
  clientCallsQueuedMax: 10_000,
  /** A server that is killed every 10 s for two minutes still gets its import; a dead one is given up in that time. */
  importRestartsMax: 10,
  /** Acknowledged commands that a PC can send again after a restore: ten days of a desk that books a thousand a day. */
  clientKeptCommandsMax: 10_000,
  /** One file of kept commands, of two: 10,000 usual ones are 5 MiB; this bounds those with a thousand lines each. */
  clientKeptFileMaxBytes: 128 * MEBIBYTE,

  // --- files --------------------------------------------------------------------------------------
  logFileMaxBytes: 10 * MEBIBYTE,
  /** Ten files of 10 MiB: about two weeks of a busy factory, small enough to mail compressed. */
  logFilesMax: 10,
  /** The last words of a dead core: a stack and its warning fit in 4 KiB. */
  stderrTailBytes: 4 * KIBIBYTE,
  /** Kept lives of the core: years of a quiet server, a bad night of a sick one; as many as the control contract tells. */
  livesMax: 200,
} as const;
