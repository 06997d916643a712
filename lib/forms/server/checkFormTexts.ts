/** The server's word on a form under construction. */
import { lintForm } from '../lint/lintForm';
import type { Finding, FormDocuments } from '../lint/finding';
import { linearPattern } from './linearPattern';
import { checkForm } from './validator';

/** Every finding, with those that only the authoritative validator makes. Without errors the form can be published. */
export function checkFormTexts(documents: FormDocuments): readonly Finding[] {
  const { findings, form } = lintForm(documents, patternProblem);
  if (form === null || findings.some(({ severity }) => severity === 'error')) return findings;
  // What only shows when the schema is compiled has no place in the text.
  const unusable = checkForm(form).map((problem): Finding => {
    const to = documents.jsonSchema.length;
    return {
      severity: 'error',
      rule: 'unusable',
      document: 'jsonSchema',
      pointer: '',
      from: 0,
      to,
      line: 1,
      message: `The server's validator cannot use this schema: ${problem}`,
    };
  });
  return [...unusable, ...findings];
}

function patternProblem(pattern: string): string | undefined {
  try {
    linearPattern(pattern);
    return undefined;
  } catch (error) {
    return `${error instanceof Error ? error.message : String(error)}.`;
  }
}
