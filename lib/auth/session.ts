/** Who makes a request. Built anew from the database for each request, so that a revoked role acts at once. */
export interface Session {
  readonly userId: string;
  readonly email: string;
  readonly name: string;
  /** null: a platform operator, who belongs to no tenant. */
  readonly tenant: string | null;
  /** Work roles and console permissions, as `user_roles` has them. */
  readonly roles: readonly string[];
}
