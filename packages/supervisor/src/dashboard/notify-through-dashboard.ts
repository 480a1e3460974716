// Has a living host of the dashboard show a notification: Electron's carry the name and the window of the dashboard, the system's own
// programs know neither.

import type { DashboardControl, ParamsOf } from '@masala/protocol/control';
import { limits } from '@masala/protocol/tables';
import { callHost } from './dashboard-host.ts';

/** Whether a host showed it; where not, it is to be shown in another way. Bounded like every question to a host; never rejects. */
export async function notifyThroughDashboard(
  dataDir: string,
  { title, body, urgency }: ParamsOf<DashboardControl, 'notify'>,
): Promise<boolean> {
  try {
    const cut = {
      title: title.slice(0, limits.notificationTitleMaxLength),
      body: body.slice(0, limits.notificationBodyMaxLength),
      urgency,
    };
    return (await callHost(dataDir, 'notify', cut)) !== null;
  } catch {
    return false; // it cannot, or knows no such question: the other way tells what goes wrong there
  }
}
