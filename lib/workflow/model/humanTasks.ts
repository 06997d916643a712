/**
 * Types of human tasks read off their forms: which outcomes a person can choose, and which context data the form's
 * templates need. `defineHumanTask` makes them; `context.tasks.ask` uses them.
 */
import type { StandardSchema } from './standardSchema';
import type { Loose } from './loose';

/** A type of task whose form the compiler knows. */
export interface HumanTaskDefinition<Outcome extends string | null = string | null, Context = unknown> {
  readonly taskType: string;
  /** For the compiler alone: never set. */
  readonly types?: { readonly outcome: Outcome; readonly context: Context };
}

/**
 * The context data that a type of task needs, and may have more of, for calls that name it by its type alone:
 * `contextData: { ... } satisfies ContextDataOf<typeof review>`.
 */
export type ContextDataOf<Definition extends HumanTaskDefinition<string | null, Loose>> = NonNullable<
  Definition['types']
>['context'] & { readonly [key: string]: unknown };

/** What of a form the types are read from. Declare it `as const`, or in the call. */
export interface FormLiteral {
  readonly jsonSchema: { readonly [key: string]: unknown };
  readonly uiSchema?: { readonly [key: string]: unknown };
}

/**
 * Ties a type of task to its form. A form whose templates name context data that `context` lacks does not compile, and
 * neither does a workflow that asks without supplying it. `context` is a Standard Schema (zod and others); without it a
 * workflow must supply every key that the templates name, of any type.
 */
export function defineHumanTask<
  const Form extends FormLiteral,
  Schema extends StandardSchema<Loose, Loose> | undefined = undefined,
>({
  taskType,
}: {
  readonly taskType: string;
  readonly form: Form;
  readonly context?: Schema & Supplies<Schema, ContextNeeds<Form>>;
}): HumanTaskDefinition<OutcomeOf<Form>, ContextOf<Schema, ContextNeeds<Form>>> {
  return { taskType };
}

/** The names of all context data that the texts of a form stand for. */
export type TemplateKeys<Form extends FormLiteral> = TextKeys<Texts<Form['jsonSchema'] | Form['uiSchema']>>;

/** What context data must hold at least. */
export type ContextNeeds<Form extends FormLiteral> = { readonly [K in TemplateKeys<Form>]: unknown };

/** The values of a form's buttons; null for a form without any. */
export type OutcomeOf<Form extends FormLiteral> =
  ButtonsOf<Form['jsonSchema']> extends never
    ? ButtonsOf<Form['uiSchema']> extends never
      ? null
      : ButtonsOf<Form['uiSchema']>
    : ButtonsOf<Form['jsonSchema']>;

type ButtonsOf<Schema> = Schema extends { readonly 'x-outcomes': readonly (infer Button)[] }
  ? Button extends { readonly value: infer Value extends string }
    ? Value
    : never
  : never;

type ContextOf<Schema, Needs> = Schema extends { readonly '~standard': { readonly types?: infer Types } }
  ? NonNullable<Types> extends { readonly input: infer Input }
    ? Input
    : Needs
  : Needs;

/** What a schema lacks, or lets a workflow leave out, is named in the error: `{ missing: 'customer' }`. */
type Supplies<Schema, Needs> =
  Exclude<keyof Needs, SuppliedKeys<ContextOf<Schema, Needs>>> extends never
    ? unknown
    : { readonly missing: Exclude<keyof Needs, SuppliedKeys<ContextOf<Schema, Needs>>> };

/** Names that must be given: neither optional, nor any name whatever. */
type SuppliedKeys<Context> = keyof {
  [K in keyof Context as string extends K ? never : Record<never, never> extends Pick<Context, K> ? never : K]: unknown;
};

/** All texts within a value of literal type. */
type Texts<Value> = Value extends string
  ? Value
  : Value extends readonly (infer Element)[]
    ? Texts<Element>
    : Value extends object
      ? { [K in keyof Value]: Texts<Value[K]> }[keyof Value]
      : never;

type TextKeys<Text> = Text extends string ? (string extends Text ? never : Placeholders<Text>) : never;

/** Goes from dollar to dollar; `$${` says `${` and stands for nothing. */
type Placeholders<Text extends string, Found = never> = Text extends `${string}$${infer Rest}`
  ? Rest extends `$${'{' | '<'}${infer Behind}`
    ? Placeholders<Behind, Found>
    : Rest extends `{${infer Inner}}${infer Behind}`
      ? Placeholders<Behind, Found | FirstName<Trim<Inner>>>
      : Rest extends `<${infer Inner}>${infer Behind}`
        ? Placeholders<Behind, Found | FirstName<Trim<Inner>>>
        : Placeholders<Rest, Found>
  : Found;

/** `customer` of `contextData.customer.lines[0]`. Names in quotes are left to the check at run time. */
type FirstName<Path extends string> = Path extends `contextData.${infer Name}`
  ? Name extends `${infer First}${'.' | '['}${string}`
    ? Shortest<First>
    : Name
  : never;

type Shortest<Name extends string> = Name extends `${infer First}${'.' | '['}${string}` ? Shortest<First> : Name;

type Trim<Text extends string> = Text extends ` ${infer Rest}` | `${infer Rest} ` ? Trim<Rest> : Text;
