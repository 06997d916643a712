/** Task definitions over this process's database. */
import { rawSql } from '../db/client';
import * as definitions from './definitions';

export { createDefinitionSchema, updateDefinitionSchema } from './inputs';

type WithoutSql<Use extends (input: never) => unknown> = Omit<Parameters<Use>[0], 'sql'>;

export const createDefinition = (input: WithoutSql<typeof definitions.createDefinition>) =>
  definitions.createDefinition({ sql: rawSql(), ...input });
export const updateDefinition = (input: WithoutSql<typeof definitions.updateDefinition>) =>
  definitions.updateDefinition({ sql: rawSql(), ...input });
