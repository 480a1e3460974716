// The `@masala/protocol/control-schemas` entry: what the control contract says, without the channel that it travels on. For the
// dashboard's page, whose forms are judged by it before anything is sent: nothing here may need Node.

export { supervisorControl } from './control/contract.ts';
export { findMisfit, type Misfit, type MisfitCode, type Schema } from './control/schema.ts';
