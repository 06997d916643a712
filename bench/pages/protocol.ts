/** What the bench of the pages tells. */
import type { PageAudit } from '../../scripts/lib/pageAudit';

/** Points of 100 that every page should have. */
export const pagesAim = 95;
/** Points of 100 that every page must have in accessibility. */
export const accessibilityMust = 100;

/** One page. Points of performance and vitals are medians of the runs. */
export interface PageLine extends Omit<PageAudit, 'findings'> {
  readonly workload: 'pages';
  readonly page: string;
  readonly device: 'phone' | 'desktop';
  readonly unit: 'points of 100';
  readonly aim: number;
  readonly runs: number;
  /** Whatever costs points in accessibility. */
  readonly violations: readonly string[];
  /** Whatever costs points in best practices. */
  readonly notes: readonly string[];
}
