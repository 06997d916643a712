import { BatonError } from '@shared/workflow/model/errors';

export class MemberNotFoundError extends BatonError {
  readonly code = 'member_not_found';
  readonly httpStatus = 404;
  constructor() {
    super('Nobody here has this account any more. Reload the page to see who is a member.');
  }
}

/** Somebody else was first. */
export class MemberConflictError extends BatonError {
  readonly code = 'member_conflict';
  readonly httpStatus = 409;
}

export class LastAdministratorError extends BatonError {
  readonly code = 'last_administrator';
  readonly httpStatus = 409;
  constructor(name: string) {
    super(
      `${name} is the only administrator left: nobody could manage members any more. Make somebody else administrator first.`,
    );
  }
}

/** Too many wrong passwords one after the other. */
export class TooManyAttemptsError extends BatonError {
  readonly code = 'too_many_attempts';
  readonly httpStatus = 429;
}

export class RoleNotFoundError extends BatonError {
  readonly code = 'role_not_found';
  readonly httpStatus = 404;
  constructor(role: string) {
    super(`No role "${role}" exists here. Reload the page to see which do.`);
  }
}

export class RoleInUseError extends BatonError {
  readonly code = 'role_in_use';
  readonly httpStatus = 409;
}
