/** Something the person who typed the command can put right: shown as its one sentence, without a stack. */
export class UserError extends Error {}
