import type postgres from 'postgres';

export interface MemberDeps {
  readonly sql: postgres.Sql;
  /** Runs statements of several round trips as one transaction. */
  readonly inTransaction: <T>(work: (transaction: postgres.Sql) => Promise<T>) => Promise<T>;
}

/** Who changes whom. */
export interface MemberRequest {
  readonly tenant: string;
  /** The administrator who acts. */
  readonly by: string;
  readonly userId: string;
  /** What the administrator saw: the change is refused if the member is of another version by now. */
  readonly version: number;
}

/** A member as a change finds it. */
export interface MemberRow {
  readonly name: string;
  readonly version: number;
  readonly isActive: boolean;
  readonly roles: readonly string[];
}
