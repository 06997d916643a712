/** Task definitions and forms over this process's database. */
import { rawSql } from '../db/client';
import * as definitions from './definitions';
import * as drafts from './drafts';

export { createDefinitionSchema, draftAddressSchema, saveDraftSchema, updateDefinitionSchema } from './inputs';

type WithoutSql<Use extends (input: never) => unknown> = Omit<Parameters<Use>[0], 'sql'>;

export const createDefinition = (input: WithoutSql<typeof definitions.createDefinition>) =>
  definitions.createDefinition({ sql: rawSql(), ...input });
export const updateDefinition = (input: WithoutSql<typeof definitions.updateDefinition>) =>
  definitions.updateDefinition({ sql: rawSql(), ...input });
export const saveDraft = (input: WithoutSql<typeof drafts.saveDraft>) => drafts.saveDraft({ sql: rawSql(), ...input });
export const discardDraft = (input: WithoutSql<typeof drafts.discardDraft>) =>
  drafts.discardDraft({ sql: rawSql(), ...input });
export const publishDraft = (input: WithoutSql<typeof drafts.publishDraft>) =>
  drafts.publishDraft({ sql: rawSql(), ...input });
