import { Icon } from '@/components/ui/icons';
import type { DocumentName, Finding } from '@/lib/forms/lint/finding';

export const DOCUMENTS: readonly (readonly [DocumentName, string])[] = [
  ['jsonSchema', 'Schema'],
  ['uiSchema', 'UI schema'],
  ['sampleContext', 'Sample context'],
];

const labelOf = (name: DocumentName): string => DOCUMENTS.find(([document]) => document === name)?.[1] ?? name;

/** Everything that is found, each a button that goes to its place. */
export function FindingList({
  findings,
  errors,
  onGo,
}: {
  readonly findings: readonly Finding[];
  /** How many of them forbid publishing. */
  readonly errors: number;
  readonly onGo: (finding: Finding) => void;
}) {
  return (
    <section className="findings" aria-labelledby="findings-title">
      <h2 id="findings-title">Findings</h2>
      <p role="status" className="soft">
        {summaryOf(findings.length, errors)}
      </p>
      <ul>
        {findings.map((finding, index) => (
          <li key={`${index} ${finding.message}`}>
            <button type="button" onClick={() => onGo(finding)}>
              <span className={`st tone-${finding.severity === 'error' ? 'fail' : 'retry'}`}>
                <Icon name={finding.severity === 'error' ? 'failed' : 'alert'} />
                {finding.severity === 'error' ? 'Error' : 'Warning'}
              </span>
              <span className="where">
                {labelOf(finding.document)}, line {finding.line}
              </span>
              <span className="says">{finding.message}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function summaryOf(count: number, errors: number): string {
  if (count === 0) return 'Nothing is found: it can be published.';
  if (errors === 0) return 'Only warnings: it can be published.';
  return errors === 1 ? 'One error forbids publishing.' : `${errors} errors forbid publishing.`;
}
