/** What a check of a form under construction finds, and where. */

/** The three documents of a form as its author types them: JSON or not. */
export interface FormDocuments {
  readonly jsonSchema: string;
  readonly uiSchema: string;
  /** Context data as a workflow would supply it: declares which keys the templates may name. */
  readonly sampleContext: string;
}

export type DocumentName = keyof FormDocuments;

export interface Finding {
  /** An error forbids publishing; a warning does not. */
  readonly severity: 'error' | 'warning';
  /** What kind of finding it is. */
  readonly rule:
    | 'json'
    | 'shape'
    | 'keyword'
    | 'pattern'
    | 'placeholder'
    | 'editable-placeholder'
    | 'unfilled'
    | 'name'
    | 'outcome'
    | 'unusable';
  readonly document: DocumentName;
  /** JSON pointer into the document; `''` for the whole. */
  readonly pointer: string;
  /** Offsets into the document's text, in UTF-16 units. */
  readonly from: number;
  readonly to: number;
  /** Counted from 1. */
  readonly line: number;
  /** What is wrong and what to do. */
  readonly message: string;
}

/** A finding before its place in the text is looked up. */
export interface FindingAt extends Pick<Finding, 'severity' | 'rule' | 'document' | 'pointer' | 'message'> {
  /** The name of the member, not its value, is meant. */
  readonly isName?: boolean;
}
