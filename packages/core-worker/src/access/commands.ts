// The access rules' commands, run by the writer: a device is paired or revoked in the same chained history as all else.

import { limits, MasalaError, type Role } from '@masala/protocol/tables';
import type { CommandHandlers } from '../store/command.ts';
import type { Database } from '../store/sqlite.ts';

interface DeviceRow {
  readonly id: string;
  readonly revokedAt: number | null;
}

/** The handlers for one connection; they throw DEVICES_TOO_MANY and NOT_FOUND. */
export function accessCommands(database: Database): CommandHandlers<'devices.pair' | 'devices.revoke'> {
  const byTokenHash = database.prepare<[string], DeviceRow>(
    'SELECT id, revoked_at AS revokedAt FROM devices WHERE token_hash = ?',
  );
  const byId = database.prepare<[string], DeviceRow>(
    'SELECT id, revoked_at AS revokedAt FROM devices WHERE id = ?',
  );
  const activeCount = database.prepare<[], { count: number }>(
    'SELECT count(*) AS count FROM devices WHERE revoked_at IS NULL',
  );
  const insert = database.prepare<[string, string, Role, string, number]>(
    'INSERT INTO devices (id, name, role, token_hash, paired_at) VALUES (?, ?, ?, ?, ?)',
  );
  const pairAgain = database.prepare<[string, Role, string]>(
    'UPDATE devices SET name = ?, role = ?, revoked_at = NULL WHERE id = ?',
  );
  const revoke = database.prepare<[number, string]>('UPDATE devices SET revoked_at = ? WHERE id = ?');

  return {
    'devices.pair'({ name, role, tokenHash }, { decisions }) {
      const known = byTokenHash.get(tokenHash);
      if (known === undefined || known.revokedAt !== null) {
        const count = activeCount.get()?.count ?? 0;
        if (count >= limits.devicesMax)
          throw new MasalaError('DEVICES_TOO_MANY', { limit: limits.devicesMax });
      }
      // The old token keeps the old id, so that what the device booked stays its own.
      if (known !== undefined) {
        pairAgain.run(name, role, known.id);
        return { deviceId: known.id, role };
      }
      const deviceId = decisions.newId();
      insert.run(deviceId, name, role, tokenHash, decisions.at);
      return { deviceId, role };
    },

    'devices.revoke'({ deviceId }, { decisions }) {
      const device = byId.get(deviceId);
      if (device === undefined) throw new MasalaError('NOT_FOUND', { deviceId });
      const revokedAt = device.revokedAt ?? decisions.at;
      revoke.run(revokedAt, deviceId);
      return { deviceId, revokedAt };
    },
  };
}
