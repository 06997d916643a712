/** The vocabulary of forms: shared by the browser, the server and the workflows that ship forms as data. */

/** A JSON object as it comes from storage or the network: nothing about its members is known yet. */
export type JsonObject = { readonly [key: string]: unknown };

/**
 * One immutable version of a form. `jsonSchema` is JSON Schema draft 7 with property order kept; it is never changed
 * after it was pinned. `uiSchema` says how the fields look.
 */
export interface FormDefinition {
  readonly jsonSchema: JsonObject;
  readonly uiSchema?: JsonObject | null;
  readonly version?: number;
}

/** A form that ships with the product, before it is stored. `name` is unique among system forms. */
export interface SystemForm {
  readonly name: string;
  readonly jsonSchema: JsonObject;
  readonly uiSchema: JsonObject;
}

/** How a button looks: `primary` once at most, `danger` for the answer that hurts. */
export type OutcomeTone = 'primary' | 'danger' | 'neutral';

/** One way to answer a task: a button with its own rules, shared by browser and server. */
export interface Outcome {
  /** What the workflow receives. */
  readonly value: string;
  /** The verb on the button. */
  readonly title: string;
  readonly tone: OutcomeTone;
  /** A single letter that presses the button when no field has the focus. */
  readonly key?: string;
  /** Fields that must be answered for this outcome, by property name or JSON pointer. */
  readonly required: readonly string[];
  /** A question asked before the answer is sent. */
  readonly confirm?: string;
}

/** What is wrong with one answer. `path` is a JSON pointer into the form data, `''` for the form as a whole. */
export interface FieldError {
  readonly path: string;
  /** Names the field and says what to do. */
  readonly message: string;
  /** The rule that was broken: a JSON Schema keyword, or `outcome` for a field the chosen outcome asks for. */
  readonly keyword: string;
}

/** A checked submission: what to store, or what the person has to change. */
export type SubmissionResult =
  | { readonly ok: true; readonly output: JsonObject }
  | { readonly ok: false; readonly fieldErrors: readonly FieldError[]; readonly formError?: string };

/** What a form shows before anybody typed: values for its fields, and its texts with placeholders filled in. */
export interface FormProjection {
  readonly formData: JsonObject;
  /** Maps a text as the form has it to the text to show. Texts without placeholders are not listed. */
  readonly texts: FormTexts;
}

export type FormTexts = Readonly<Record<string, string>>;
