/** From the audits of a page to its line, and from lines to the table for people. */
import type { PageAudit } from '../../scripts/lib/pageAudit';
import { median } from '../measure';
import { accessibilityMust, pagesAim, type PageLine } from './protocol';

/** @param audits at least one. */
export function lineOfPage(page: string, device: PageLine['device'], audits: readonly PageAudit[]): PageLine {
  const middle = (of: (audit: PageAudit) => number | null) => {
    const values = audits.map(of).filter((value) => value !== null);
    return values.length === 0 ? null : median(values);
  };
  // A page is as accessible as the worst look at it.
  const accessibility = Math.min(...audits.map((audit) => audit.accessibility ?? 0));
  const worst = audits.find((audit) => (audit.accessibility ?? 0) === accessibility);
  return {
    workload: 'pages',
    page,
    device,
    unit: 'points of 100',
    performance: middle((audit) => audit.performance),
    accessibility,
    bestPractices: middle((audit) => audit.bestPractices),
    vitals: {
      fcpMs: middle(({ vitals }) => vitals.fcpMs),
      lcpMs: middle(({ vitals }) => vitals.lcpMs),
      tbtMs: middle(({ vitals }) => vitals.tbtMs),
      speedIndexMs: middle(({ vitals }) => vitals.speedIndexMs),
      cls: middle(({ vitals }) => vitals.cls),
    },
    scriptBytes: middle((audit) => audit.scriptBytes) ?? 0,
    fontBytes: middle((audit) => audit.fontBytes) ?? 0,
    allBytes: middle((audit) => audit.allBytes) ?? 0,
    aim: pagesAim,
    runs: audits.length,
    violations:
      accessibility < accessibilityMust
        ? [`accessibility is ${accessibility}`, ...(worst?.findings.accessibility ?? [])]
        : [],
    notes: worst?.findings['best-practices'] ?? [],
  };
}

/** The lines for people: the slowest first. */
export function pagesTable(lines: readonly PageLine[]): string {
  const within = lines.filter(({ performance }) => (performance ?? 0) >= pagesAim).length;
  const kilobytes = (bytes: number) => `${Math.round(bytes / 1000)} kB`;
  return [
    `pages  ${within} of ${lines.length} have ${pagesAim} points in performance or more, on a ${lines[0]?.device ?? 'phone'}`,
    ...lines
      .toSorted((a, b) => (a.performance ?? 0) - (b.performance ?? 0))
      .map(
        ({ page, performance, accessibility, bestPractices, vitals, scriptBytes, fontBytes, allBytes }) =>
          `    ${String(performance).padStart(4)}  ${page.padEnd(18)} accessibility ${accessibility}, ` +
          `best practices ${bestPractices}; FCP ${vitals.fcpMs}, LCP ${vitals.lcpMs}, TBT ${vitals.tbtMs}, ` +
          `speed index ${vitals.speedIndexMs} ms, CLS ${vitals.cls}; scripts ${kilobytes(scriptBytes)}, ` +
          `fonts ${kilobytes(fontBytes)}, all ${kilobytes(allBytes)}`,
      ),
    ...lines.flatMap(({ page, notes }) => notes.map((text) => `    note on ${page}: ${text}`)),
    ...lines.flatMap(({ page, violations }) => violations.map((text) => `    VIOLATION ${page}: ${text}`)),
  ].join('\n');
}
