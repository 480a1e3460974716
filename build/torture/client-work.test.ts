// The pure parts of the kill campaign: the plan, the work of a client, and the journal that carries it over a kill.
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { methods, problemsOf } from '@masala/protocol';
import { chanceOf } from './chance.ts';
import { Work } from './client-work.ts';
import { type JournalLine, openJournal, readJournal } from './journal.ts';
import { killKinds, planKills } from './kill-plan.ts';

const id = (number: number) => `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`;
const surroundings = { clientName: 'c', itemIds: [id(1), id(2)], supplierId: id(3), customerId: id(4) };

describe('the plan', () => {
  test('is the same for the same seed, and another for another', () => {
    const plan = (seed: number) => planKills(50, 4, undefined, chanceOf(seed));
    expect(plan(1)).toEqual(plan(1));
    expect(plan(1)).not.toEqual(plan(2));
  });

  test('meets every kind within thirty kills, whatever the seed', () => {
    for (let seed = 0; seed < 200; seed++) {
      const kinds = new Set(planKills(30, 4, undefined, chanceOf(seed)).map(({ kind }) => kind));
      expect([...kinds].sort()).toEqual([...killKinds].sort());
    }
  });

  test('strikes during a recovery only where there is one', () => {
    const kills = planKills(2_000, 4, undefined, chanceOf(5));
    expect(kills.filter(({ duringRecovery }) => duringRecovery).length).toBeGreaterThan(100);
    for (const [index, kill] of kills.entries()) {
      if (!kill.duringRecovery) continue;
      expect(['core', 'both', 'freeze']).toContain(kills[index - 1]?.kind);
      expect(['core', 'both', 'supervisor']).toContain(kill.kind);
    }
  });
});

describe('the work of a client', () => {
  /** Answers like a server that never lacks stock. */
  function workUntil(acts: number, work: Work, chance = chanceOf(1)): JournalLine[] {
    const lines: JournalLine[] = [];
    let nextId = 100;
    for (let count = 0; count < acts; count++) {
      const act = work.next(chance);
      const commandId = id(10_000 + nextId);
      const intent = { type: 'intent', commandId, ...act } as const;
      const posts = act.params.post === true || /\.(post|reverse)$/.test(act.method);
      const version = Number(act.params.version ?? 0) + 1;
      const result = { id: act.params.id ?? id(nextId++), version, status: posts ? 'posted' : 'draft' };
      const answer = { type: 'answer', commandId, result } as const;
      nextId++;
      for (const line of [intent, answer]) {
        work.note(line);
        lines.push(line);
      }
    }
    return lines;
  }

  test('is made of calls that the contract allows, of every kind and every step', () => {
    const lines = workUntil(2_000, new Work(surroundings));
    const seen = new Set<string>();
    for (const line of lines) {
      if (line.type !== 'intent') continue;
      seen.add(line.method);
      const params = { ...line.params, commandId: line.commandId };
      expect(problemsOf(methods[line.method].input, params)).toEqual([]);
    }
    for (const area of ['receipts', 'dispatches', 'returns', 'adjustments']) {
      for (const action of ['create', 'update', 'post', 'reverse'])
        expect(seen).toContain(`${area}.${action}`);
    }
  });

  test('gives each new document a reference that no other has', () => {
    const references = workUntil(2_000, new Work(surroundings)).flatMap((line) =>
      line.type === 'intent' && line.method.endsWith('.create') ? [line.params.reference] : [],
    );
    expect(new Set(references).size).toBe(references.length);
  });

  test('goes on from the journal as if nobody had been killed', () => {
    const [work, again] = [new Work(surroundings), new Work(surroundings)];
    for (const line of workUntil(300, work)) again.note(line);
    const open: JournalLine = { type: 'intent', commandId: id(1), ...work.next(chanceOf(9)) };
    for (const one of [work, again]) one.note(open);
    expect(again.unanswered).toEqual([open]);
    expect(again.answeredCount).toBe(work.answeredCount);
    for (let seed = 0; seed < 50; seed++) {
      expect(again.next(chanceOf(seed))).toEqual(work.next(chanceOf(seed)));
    }
  });
});

test('a journal that was cut short keeps its whole lines, and goes on behind the cut', () => {
  const folder = mkdtempSync(join(tmpdir(), 'masala-journal-'));
  try {
    const path = join(folder, 'journal');
    expect(readJournal(path)).toEqual([]);
    const line = (number: number): JournalLine => ({ type: 'answer', commandId: id(number), result: {} });
    const first = openJournal(path);
    first.append(line(1));
    first.close();
    appendFileSync(path, '{"type":"intent","comm');
    const second = openJournal(path);
    second.append(line(2));
    second.close();
    expect(readJournal(path)).toEqual([line(1), line(2)]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
