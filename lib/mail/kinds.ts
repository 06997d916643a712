/** The kinds of mail, in the order in which people are asked about them. */
export const mailKinds = ['assignment', 'offer', 'reminder', 'escalation'] as const;
export type MailKind = (typeof mailKinds)[number];

/** What each is for, as people read it. */
export const mailKindWords: Readonly<Record<MailKind, { readonly title: string; readonly help: string }>> = {
  assignment: {
    title: 'A task comes to me',
    help: 'It was given to me by name, somebody asks for my help or has a question.',
  },
  offer: {
    title: 'A task comes to one of my roles',
    help: 'Everybody with the role gets it, until somebody takes the task.',
  },
  reminder: { title: 'A task waits', help: 'A reminder of what I hold or may take.' },
  escalation: { title: 'A task is escalated to me', help: 'It took too long elsewhere.' },
};
