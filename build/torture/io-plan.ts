// Which calls fail in the io campaign: a series for each scene, kind of call, error and manner, each counted to its end. Pure.
import { type CallKind, callKinds, type FailingCalls, type FaultCode } from './faults/layer.ts';

/** What the server does: its very first start and a stop; or a start on what is there, saves, a checkpoint, a backup, a stop. */
export const ioScenes = ['first', 'service'] as const;
export type IoScene = (typeof ioScenes)[number];

/** Whether the disk recovers after the one call, or fails for good from it on. */
export const manners = ['once', 'on'] as const;
export type Manner = (typeof manners)[number];

/** The errors that a kind of call can give: only what takes space can find none. */
const codesOf: Readonly<Record<CallKind, readonly FaultCode[]>> = {
  read: ['EIO'],
  write: ['EIO', 'ENOSPC'],
  sync: ['EIO', 'ENOSPC'],
  open: ['EIO'],
  create: ['ENOSPC'],
  name: ['EIO', 'ENOSPC'],
};

export interface IoSeries {
  readonly scene: IoScene;
  readonly kind: CallKind;
  readonly code: FaultCode;
  readonly manner: Manner;
}

/** One case: the Nth call of a series fails. */
export interface IoCase extends IoSeries {
  readonly number: number;
}

export const ioSeries: readonly IoSeries[] = ioScenes.flatMap((scene) =>
  callKinds.flatMap((kind) =>
    codesOf[kind].flatMap((code) => manners.map((manner) => ({ scene, kind, code, manner }))),
  ),
);

export function failingCallsOf({ kind, code, manner, number }: IoCase): FailingCalls {
  return { kind, code, from: number, to: manner === 'once' ? number : Number.MAX_SAFE_INTEGER };
}

/** As it is written on a command line, and read from it: `service/write/EIO/once/17`. */
export function nameOf({ scene, kind, code, manner, number }: IoCase): string {
  return [scene, kind, code, manner, number].join('/');
}

/** Undefined where the name is of no case. */
export function caseNamed(name: string): IoCase | undefined {
  const number = Number(/\/([1-9]\d{0,8})$/.exec(name)?.[1]);
  const series = ioSeries.find((one) => nameOf({ ...one, number }) === name);
  return series === undefined ? undefined : { ...series, number };
}

/** Calls of each kind that a scene makes where none fails. */
export type CallCounts = Readonly<Record<IoScene, Readonly<Record<CallKind, number>>>>;

/** Every case that the counts suggest, a series after the other. */
export function casesOf(series: readonly IoSeries[], counts: CallCounts): IoCase[] {
  return series.flatMap((one) =>
    Array.from({ length: counts[one.scene][one.kind] }, (_, index) => ({ ...one, number: index + 1 })),
  );
}
