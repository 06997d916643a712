/** Saved views over this process's database. */
import { rawSql } from '../db/client';
import * as views from './savedViews';

export { askedViewSchema, queryOfView, savedViewSchema } from './savedViews';

type Kept = Omit<Parameters<typeof views.saveView>[0], 'sql'>;
type Removed = Omit<Parameters<typeof views.removeView>[0], 'sql'>;

export const saveView = (view: Kept) => views.saveView({ sql: rawSql(), ...view });
export const removeView = (view: Removed) => views.removeView({ sql: rawSql(), ...view });
