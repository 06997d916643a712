'use server';
import { platformAction, serverAction } from '@/lib/actions/serverAction';
import { discardDraft, draftAddressSchema, publishDraft, saveDraft, saveDraftSchema } from '@/lib/definitions';

/** Stores the draft of a form of the caller's tenant as it stands. */
export const saveDraftAction = serverAction(
  { act: 'definition.manage', input: saveDraftSchema },
  ({ session: { userId }, tenant, input }) => saveDraft({ tenant, userId, ...input }),
);

/** Freezes it as the newest version. */
export const publishDraftAction = serverAction(
  { act: 'definition.manage', input: draftAddressSchema },
  ({ session: { userId }, tenant, input }) => publishDraft({ tenant, userId, ...input }),
);

/** Deletes it; versions stay. */
export const discardDraftAction = serverAction(
  { act: 'definition.manage', input: draftAddressSchema },
  async ({ session: { userId }, tenant, input }) => {
    await discardDraft({ tenant, userId, ...input });
    return input;
  },
);

/** The same for a form of the system. */
export const saveSystemDraftAction = platformAction(
  { act: 'platform.define', input: saveDraftSchema },
  ({ session: { userId }, input }) => saveDraft({ tenant: null, userId, ...input }),
);

export const publishSystemDraftAction = platformAction(
  { act: 'platform.define', input: draftAddressSchema },
  ({ session: { userId }, input }) => publishDraft({ tenant: null, userId, ...input }),
);

export const discardSystemDraftAction = platformAction(
  { act: 'platform.define', input: draftAddressSchema },
  async ({ session: { userId }, input }) => {
    await discardDraft({ tenant: null, userId, ...input });
    return input;
  },
);
