/** Attachments over this process's database. */
import { rawSql } from '../db/client';
import * as attachments from './attachments';

export { attachmentSchema } from './attachments';

type Attach = Omit<Parameters<typeof attachments.attachWorkflow>[0], 'sql'>;
type Detach = Omit<Parameters<typeof attachments.detachWorkflow>[0], 'sql'>;

export const attachWorkflow = (attachment: Attach) => attachments.attachWorkflow({ sql: rawSql(), ...attachment });
export const detachWorkflow = (attachment: Detach) => attachments.detachWorkflow({ sql: rawSql(), ...attachment });
