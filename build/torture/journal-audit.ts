// The judgement at a campaign's end: the stopped server's database, read as a file, against what the clients wrote down.

import { canonicalJson, type DocumentKind, documentKinds, type ErrorCode } from '@masala/protocol';
import Sqlite from 'better-sqlite3';
import { kindOf } from './client-work.ts';
import type { Answered, Intent, JournalLine } from './journal.ts';

export interface Audit {
  readonly intents: number;
  /** Acts that were answered, refusals among them. */
  readonly acknowledged: number;
  readonly refused: number;
  readonly documents: number;
  readonly movements: number;
  /** Acts that never got an answer, although the campaign waited. */
  readonly unanswered: number;
  /** Answered, and not in the database, or with another answer. */
  readonly lost: number;
  /** Booked more often than asked for. */
  readonly doubled: number;
  /** Refused with a code that these acts cannot earn. */
  readonly wronglyRefused: number;
  /** Levels, documents or numbers that are not what the acknowledged acts add up to. */
  readonly modelDifferences: number;
  /** The word of `PRAGMA integrity_check`. */
  readonly integrity: string;
  /** What is wrong, in sentences; the first hundred. */
  readonly findings: readonly string[];
}

/** Each document belongs to one client, which knows its version: only the stock is everybody's. */
const POSSIBLE_REFUSAL: ErrorCode = 'INSUFFICIENT_STOCK';

/** More than anybody reads; their numbers are counted in full. */
const FINDINGS_MAX = 100;

/** What can be judged while clients still wait for answers: that whatever was answered is there, and SQLite's own word. */
export type AnswersAudit = Pick<
  Audit,
  'acknowledged' | 'lost' | 'doubled' | 'wronglyRefused' | 'integrity' | 'findings'
>;

/** What is wrong, in sentences: none where nothing is. */
export function complaintsOf(audit: AnswersAudit | Audit): string[] {
  const { unanswered, modelDifferences } = { unanswered: 0, modelDifferences: 0, ...audit };
  const { lost, doubled, wronglyRefused, integrity, findings } = audit;
  if (unanswered + lost + doubled + wronglyRefused + modelDifferences === 0 && integrity === 'ok') return [];
  return [
    `${lost} lost, ${doubled} doubled, ${unanswered} never answered, ${wronglyRefused} wrongly refused, ` +
      `${modelDifferences} differences from the journals, integrity_check: ${integrity}`,
    ...findings,
  ];
}

/** Judges the database of a stopped server by the journals of all clients that ever wrote to it. */
export function auditJournals(databasePath: string, journals: readonly (readonly JournalLine[])[]): Audit {
  const database = new Sqlite(databasePath, { readonly: true, fileMustExist: true });
  try {
    return new Auditor(database, journals.flat()).judge();
  } finally {
    database.close();
  }
}

/** Judges the database of a server that was interrupted, by the journals up to that moment. */
export function auditAnswers(
  databasePath: string,
  journals: readonly (readonly JournalLine[])[],
): AnswersAudit {
  const database = new Sqlite(databasePath, { readonly: true, fileMustExist: true });
  try {
    return new Auditor(database, journals.flat()).judgeAnswers();
  } finally {
    database.close();
  }
}

/** Those of the commands that a stopped server's database has. */
export function bookedAmong(databasePath: string, commandIds: Iterable<string>): string[] {
  const database = new Sqlite(databasePath, { readonly: true, fileMustExist: true });
  try {
    const find = database.prepare<[string], number>('SELECT 1 FROM commands WHERE command_id = ?').pluck();
    return [...commandIds].filter((id) => find.get(id) !== undefined);
  } finally {
    database.close();
  }
}

interface CommandRow {
  readonly commandId: string;
  readonly outcome: 'done' | 'refused';
  /** Null once it was dropped for its age. */
  readonly answer: string | null;
}

interface ModelDocument {
  readonly kind: DocumentKind;
  readonly reference: unknown;
  lines: readonly { readonly itemId: string; readonly quantity: number }[];
  posted: boolean;
  reversed: boolean;
}

type Wrong = 'lost' | 'doubled' | 'wronglyRefused' | 'modelDifferences';

class Auditor {
  readonly #database: Sqlite.Database;
  readonly #intents = new Map<string, Intent>();
  readonly #answers = new Map<string, Answered>();
  readonly #counts = { lost: 0, doubled: 0, wronglyRefused: 0, modelDifferences: 0 };
  readonly #findings: string[] = [];

  constructor(database: Sqlite.Database, lines: readonly JournalLine[]) {
    this.#database = database;
    for (const line of lines) {
      if (line.type === 'intent') this.#intents.set(line.commandId, line);
      else this.#noteAnswer(line);
    }
  }

  judge(): Audit {
    this.#compareCommands();
    const model = this.#model();
    this.#compareDocuments(model);
    this.#compareLevels(model);
    this.#compareNumbers();
    const refused = [...this.#answers.values()].filter(({ error }) => error !== undefined).length;
    return {
      intents: this.#intents.size,
      acknowledged: this.#answers.size,
      refused,
      documents: this.#count('documents'),
      movements: this.#count('movements'),
      unanswered: [...this.#intents.keys()].filter((id) => !this.#answers.has(id)).length,
      ...this.#counts,
      integrity: this.#integrity(),
      findings: this.#findings,
    };
  }

  judgeAnswers(): AnswersAudit {
    this.#compareCommands();
    const { lost, doubled, wronglyRefused } = this.#counts;
    return {
      acknowledged: this.#answers.size,
      ...{ lost, doubled, wronglyRefused },
      integrity: this.#integrity(),
      findings: this.#findings,
    };
  }

  #integrity(): string {
    return String(this.#database.pragma('integrity_check', { simple: true }));
  }

  #wrong(what: Wrong, finding: string): void {
    this.#counts[what]++;
    if (this.#findings.length < FINDINGS_MAX) this.#findings.push(`${what}: ${finding}`);
  }

  /** A client that was killed after it wrote an answer and before it knew it wrote so may have asked again. */
  #noteAnswer(line: Answered): void {
    const earlier = this.#answers.get(line.commandId);
    this.#answers.set(line.commandId, line);
    if (earlier !== undefined && saidIn(earlier) !== saidIn(line)) {
      this.#wrong('lost', `${line.commandId} was answered in two ways`);
    }
  }

  /** Each answer is in the database, and is the same there; no command is there that nobody gave. */
  #compareCommands(): void {
    const rows = this.#database
      .prepare<[], CommandRow>(
        `SELECT command_id AS commandId, outcome, answer FROM commands
         WHERE method GLOB 'receipts.*' OR method GLOB 'dispatches.*' OR method GLOB 'returns.*'
            OR method GLOB 'adjustments.*'`,
      )
      .all();
    const stored = new Map(rows.map((row) => [row.commandId, row]));
    for (const answer of this.#answers.values()) {
      const name = `${this.#intents.get(answer.commandId)?.method} ${answer.commandId}`;
      if (answer.error !== undefined && answer.error.code !== POSSIBLE_REFUSAL) {
        this.#wrong('wronglyRefused', `${name} was answered ${saidIn(answer)}`);
      }
      const row = stored.get(answer.commandId);
      if (row === undefined) {
        this.#wrong('lost', `${name} was answered ${saidIn(answer)} and is not in the database`);
      } else if (storedIn(row) !== saidIn(answer)) {
        this.#wrong('lost', `${name} was answered ${saidIn(answer)}, but stored is ${storedIn(row)}`);
      }
    }
    for (const id of stored.keys()) {
      if (!this.#intents.has(id)) this.#wrong('doubled', `${id} was booked, and no client gave it`);
    }
  }

  /** The documents as the acknowledged acts made them, by id. */
  #model(): Map<string, ModelDocument> {
    const documents = new Map<string, ModelDocument>();
    // By the versions of a document, acts on it have one order, whichever process they came from.
    const acts = [...this.#intents.values()].sort((left, right) => versionIn(left) - versionIn(right));
    for (const { commandId, method, params } of acts) {
      const result = this.#answers.get(commandId)?.result;
      if (result === undefined) continue;
      const action = method.split('.')[1];
      const lines = params.lines as ModelDocument['lines'];
      const { reference } = params;
      if (action === 'create') {
        const posted = result.status === 'posted';
        documents.set(String(result.id), { kind: kindOf(method), reference, lines, posted, reversed: false });
        continue;
      }
      const document = documents.get(String(params.id));
      if (document === undefined)
        throw new Error(`the journals have ${method} of a document without its create`);
      if (action === 'update') document.lines = lines;
      else if (action === 'post') document.posted = true;
      else document.reversed = true;
    }
    return documents;
  }

  #compareDocuments(model: Map<string, ModelDocument>): void {
    const rows = this.#database
      .prepare<[], { id: string; reference: string | null; status: string; movements: number }>(
        `SELECT id, reference, status, (SELECT count(*) FROM movements WHERE document_id = id) AS movements
         FROM documents WHERE reversal_of IS NULL`,
      )
      .all();
    const byReference = new Map<string | null, number>();
    for (const { id, reference, status, movements } of rows) {
      byReference.set(reference, (byReference.get(reference) ?? 0) + 1);
      const expected = model.get(id);
      if (expected === undefined) {
        this.#wrong('doubled', `document ${id} (${reference}) belongs to no acknowledged act`);
        continue;
      }
      const wanted = expected.reversed ? 'reversed' : expected.posted ? 'posted' : 'draft';
      if (status !== wanted) this.#wrong('modelDifferences', `document ${id} is ${status}, not ${wanted}`);
      const lines = expected.posted ? expected.lines.length : 0;
      if (movements !== lines) {
        this.#wrong('modelDifferences', `document ${id} moved the stock ${movements} times, not ${lines}`);
      }
    }
    for (const [reference, count] of byReference) {
      if (count > 1) this.#wrong('doubled', `${count} documents bear the reference ${reference}`);
    }
    this.#compareReversals(model);
  }

  #compareReversals(model: Map<string, ModelDocument>): void {
    const reversals = this.#database
      .prepare<[], { original: string; count: number }>(
        `SELECT reversal_of AS original, count(*) AS count FROM documents
         WHERE reversal_of IS NOT NULL GROUP BY reversal_of`,
      )
      .all();
    for (const { original, count } of reversals) {
      if (count > 1 || model.get(original)?.reversed !== true) {
        this.#wrong('doubled', `document ${original} was taken back ${count} times`);
      }
    }
  }

  #compareLevels(model: Map<string, ModelDocument>): void {
    const expected = new Map<string, number>();
    for (const { kind, lines, posted, reversed } of model.values()) {
      if (!posted || reversed) continue;
      for (const { itemId, quantity } of lines) {
        expected.set(itemId, (expected.get(itemId) ?? 0) + documentKinds[kind].sign * quantity);
      }
    }
    const levels = this.#database
      .prepare<[], { itemId: string; quantity: number }>(
        'SELECT item_id AS itemId, sum(quantity) AS quantity FROM levels GROUP BY item_id',
      )
      .all();
    const known = new Map(levels.map(({ itemId, quantity }) => [itemId, quantity]));
    for (const itemId of new Set([...known.keys(), ...expected.keys()])) {
      const [found = 0, wanted = 0] = [known.get(itemId), expected.get(itemId)];
      if (found !== wanted)
        this.#wrong('modelDifferences', `the level of ${itemId} is ${found}, not ${wanted}`);
    }
  }

  /** Numbers are given without gaps: a lost or doubled posting would leave one, or use one twice. */
  #compareNumbers(): void {
    const gaps = this.#database
      .prepare<[], { kind: string; last: number; given: number }>(
        `SELECT * FROM (
           SELECT kind, sum(last) AS last,
             (SELECT count(number) FROM documents WHERE documents.kind = document_numbers.kind) AS given
           FROM document_numbers GROUP BY kind)
         WHERE last <> given`,
      )
      .all();
    for (const { kind, last, given } of gaps) {
      this.#wrong('modelDifferences', `of the ${last} numbers given to a ${kind}, documents bear ${given}`);
    }
  }

  #count(table: 'documents' | 'movements'): number {
    return Number(this.#database.prepare(`SELECT count(*) FROM ${table}`).pluck().get());
  }
}

/** What a client was told, in one form. */
function saidIn({ result, error }: Answered): string {
  if (result !== undefined) return `done ${canonicalJson(result)}`;
  return `refused ${canonicalJson({ code: error.code, data: error.data })}`;
}

/** What the database says that it was told. */
function storedIn({ outcome, answer }: CommandRow): string {
  if (answer === null) return `${outcome}, without the answer`;
  const value = JSON.parse(answer) as Record<string, unknown>;
  if (outcome === 'done') return `done ${canonicalJson(value)}`;
  return `refused ${canonicalJson({ code: value.code, data: value.data })}`;
}

/** A create comes before all that follows from it; the others name the version that they found. */
function versionIn({ params }: Intent): number {
  return Number(params.version ?? 0);
}
