// The table of every error that a caller can meet: the wire, the clients, the CLI and docs/support.md all read it here.
// Its rows stand by area in errors/.

import { accessErrors } from './errors/access.ts';
import { backupErrors } from './errors/backups.ts';
import { callErrors } from './errors/calls.ts';
import { commandErrors } from './errors/commands.ts';
import { documentErrors } from './errors/documents.ts';
import type { ErrorRow } from './errors/error-row.ts';
import { importErrors } from './errors/imports.ts';
import { masterDataErrors } from './errors/master-data.ts';
import { serverPcErrors } from './errors/server-pc.ts';
import { serverStateErrors } from './errors/server-states.ts';

export type { ErrorRow } from './errors/error-row.ts';

/** In the order of docs/support.md. A row stands in one area only: of two with the same name the later would hide the other. */
export const errors = {
  ...callErrors,
  ...serverStateErrors,
  ...backupErrors,
  ...accessErrors,
  ...commandErrors,
  ...masterDataErrors,
  ...documentErrors,
  ...importErrors,
  ...serverPcErrors,
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof errors;

/** An error as it travels: a row of the table, what varies, and the request's id in the server's log. */
export interface WireError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly data?: Readonly<Record<string, unknown>>;
  readonly incidentId?: string;
}

/** Whether a code that came from the wire is a row of this version's table. */
export function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(errors, code);
}

/**
 * An error that a caller is meant to meet. A broken invariant is never one: it throws a plain Error, is logged with
 * its stack, and travels as INTERNAL.
 */
export class MasalaError extends Error {
  override readonly name = 'MasalaError';
  readonly code: ErrorCode;
  readonly data: Readonly<Record<string, unknown>> | undefined;
  readonly incidentId: string | undefined;

  constructor(
    code: ErrorCode,
    data?: Readonly<Record<string, unknown>>,
    origin: { readonly incidentId?: string | undefined; readonly cause?: unknown } = {},
  ) {
    super(errors[code].message, { cause: origin.cause });
    this.code = code;
    this.data = data;
    this.incidentId = origin.incidentId;
  }

  get retryable(): boolean {
    return errors[this.code].retryable;
  }

  get hint(): string {
    return errors[this.code].hint;
  }

  toWire(incidentId = this.incidentId): WireError {
    return {
      code: this.code,
      message: this.message,
      ...(this.data === undefined ? {} : { data: this.data }),
      ...(incidentId === undefined ? {} : { incidentId }),
    };
  }

  /** A newer server may send a code that this version does not know: it is told as INTERNAL with the code in `data`. */
  static fromWire(wire: { code?: unknown; data?: unknown; incidentId?: unknown }): MasalaError {
    const incidentId = typeof wire.incidentId === 'string' ? wire.incidentId : undefined;
    const data =
      typeof wire.data === 'object' && wire.data !== null
        ? (wire.data as Record<string, unknown>)
        : undefined;
    if (isErrorCode(wire.code)) return new MasalaError(wire.code, data, { incidentId });
    return new MasalaError('INTERNAL', { ...data, code: String(wire.code) }, { incidentId });
  }
}
