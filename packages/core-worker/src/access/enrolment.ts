// Pairing and revocation as they happen: the rule, the command that is booked, the devices in memory, the log.

import { MasalaError, type Role } from '@masala/protocol';
import type { LogLine } from '../log.ts';
import type { CommandName } from '../store/command.ts';
import type { CommandRequest } from '../store/writer.ts';
import { type Device, type Devices, tokenHashOf } from './devices.ts';
import type { JoinOffer, Pairing } from './pairing.ts';

/** What books these commands: no device does. */
const SERVER_ITSELF = 'server';
/** A disk that takes longer than this for so small a command is in trouble; the device may try again. */
const BOOKING_DEADLINE_MS = 30_000;

export interface EnrolmentParts {
  readonly pairing: Pairing;
  readonly devices: Devices;
  readonly submit: (command: CommandRequest) => Promise<unknown>;
  readonly serverId: string;
  readonly now: () => number;
  readonly randomBytes: (size: number) => Uint8Array;
  readonly newId: () => string;
  readonly log: LogLine;
  /** Cuts the connections of a device. */
  readonly disconnect: (deviceId: string) => void;
}

export interface EnrolledDevice extends Device {
  readonly lastSeenAt: number | null;
  readonly offerId: string | null;
}

export class Enrolment {
  readonly #parts: EnrolmentParts;
  /** By device, the offer it came by last. Offers live in memory alone: a code does not outlast the process either. */
  readonly #offers = new Map<string, string>();

  constructor(parts: EnrolmentParts) {
    this.#parts = parts;
  }

  /** A new join code for a device of this role. Throws JOIN_CODES_TOO_MANY. */
  openCode(role: Role): JoinOffer {
    const { pairing, serverId, randomBytes, newId, now, log } = this.#parts;
    const opened = pairing.open(role, serverId, newId(), randomBytes(10), now());
    log('pairing.code.created', { role, expiresAt: opened.expiresAt });
    return opened;
  }

  /** Trades the secret of a join code for a device. Throws the errors of session.pair. */
  async pair(
    { secret, token, deviceName }: { secret: string; token: string; deviceName: string },
    address: string,
  ): Promise<{ deviceId: string; role: Role }> {
    const { pairing, devices, now, log } = this.#parts;
    const tokenHash = tokenHashOf(token);
    const accepted = tried(
      () => pairing.try(secret, tokenHash, address, now()),
      (error) => log('pairing.failed', { address, code: error.code, ...error.data }),
    );
    try {
      const { role } = accepted;
      const booked = await this.#book('devices.pair', { name: deviceName, role, tokenHash });
      const { deviceId } = booked as { deviceId: string };
      devices.paired({ deviceId, name: deviceName, role, tokenHash }, now());
      this.#offers.set(deviceId, accepted.offerId);
      accepted.booked();
      log('pairing.succeeded', { deviceId, deviceName, role, address });
      return { deviceId, role };
    } catch (error) {
      accepted.release();
      throw error;
    }
  }

  /** Ends a device's access: noted beside the database first, its connections cut, then booked. Throws NOT_FOUND. */
  async revoke(deviceId: string): Promise<{ deviceId: string; revokedAt: number }> {
    const { devices, now, log, disconnect } = this.#parts;
    devices.revoke(deviceId, now());
    disconnect(deviceId);
    const booked = await this.#book('devices.revoke', { deviceId });
    log('device.revoked', { deviceId });
    return booked as { deviceId: string; revokedAt: number };
  }

  /** All devices; `offerId` is that of the join code by which a device came in the life of this process. */
  list(): EnrolledDevice[] {
    return this.#parts.devices
      .list()
      .map((device) => ({ ...device, offerId: this.#offers.get(device.deviceId) ?? null }));
  }

  /** The offers that wait for a device. */
  openOffers(): string[] {
    return this.#parts.pairing.openOffers(this.#parts.now());
  }

  #book(method: CommandName, params: Readonly<Record<string, unknown>>): Promise<unknown> {
    const { submit, now, newId } = this.#parts;
    const deadlineAt = now() + BOOKING_DEADLINE_MS;
    return submit({
      commandId: newId(),
      deviceId: SERVER_ITSELF,
      bound: true,
      method,
      params,
      deadlineAt,
      refusal: null,
    });
  }
}

function tried<Value>(attempt: () => Value, onRefused: (error: MasalaError) => void): Value {
  try {
    return attempt();
  } catch (error) {
    if (error instanceof MasalaError) onRefused(error);
    throw error;
  }
}
