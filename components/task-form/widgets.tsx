import { useState } from 'react';
import { Icon } from '@/components/ui/icons';
import { useZone } from '@/components/ui/time';
import { sameJson } from '@/lib/forms/json';
import { amountForInput, moneyOf, parseAmount, type Money } from '@/lib/forms/money';
import { parseNumber } from '@/lib/forms/numbers';
import { typesOf, uiOption } from '@/lib/forms/schema';
import {
  ariaOf,
  fieldLabel,
  choicesFor,
  controlKind,
  describedBy,
  labelId,
  notesOf,
  textOf,
  type TaskWidgetProps,
} from './context';
import { toLocalInput, toUtc } from './dates';

const INPUT_TYPES: Readonly<Record<string, string>> = {
  email: 'email',
  uri: 'url',
  date: 'date',
  time: 'time',
  color: 'color',
};

/** The control of a field, whatever widget its form names: the schema decides, the ui schema may refine. */
export function AnswerWidget(props: TaskWidgetProps) {
  // The switch of a `oneOf` stands in no field of its own, so it brings its label along.
  if (/__(one|any)of_select$/.test(props.id)) return <BranchSelect {...props} />;
  const ui = props.uiSchema ?? {};
  switch (controlKind(props.schema, ui, props.required ?? false)) {
    case 'box':
      return <CheckBox {...props} />;
    case 'cards':
      return <RadioCards {...props} />;
    case 'boxes':
      return <CheckBoxes {...props} />;
    case 'select':
      return <Select {...props} />;
    case 'input':
    case 'container': {
      const types = typesOf([props.schema]);
      if (types.includes('number') || types.includes('integer')) return <NumberInput {...props} />;
      if (props.schema.format === 'date-time') return <DateTimeInput {...props} />;
      return uiOption(ui, 'widget') === 'textarea' ? <TextArea {...props} /> : <TextInput {...props} />;
    }
  }
}

/** Hidden values travel in the form's data; an input would only let them be changed. */
export function HiddenWidget() {
  return null;
}

function TextInput(props: TaskWidgetProps) {
  const { id, name, schema, disabled, placeholder, registry, onChange } = props;
  const value: unknown = props.value;
  const widget = uiOption(props.uiSchema ?? {}, 'widget');
  const type = widget === 'password' ? 'password' : (INPUT_TYPES[String(schema.format)] ?? 'text');
  return (
    <input
      {...ariaOf(props)}
      className="input"
      type={type}
      id={id}
      name={name}
      disabled={disabled}
      placeholder={placeholder ? textOf(registry, placeholder) : undefined}
      autoComplete="off"
      value={typeof value === 'string' ? value : ''}
      onChange={(event) => onChange(event.target.value === '' ? undefined : event.target.value)}
    />
  );
}

function TextArea(props: TaskWidgetProps) {
  const { id, name, disabled, placeholder, registry, onChange } = props;
  const value: unknown = props.value;
  const rows = uiOption(props.uiSchema ?? {}, 'rows');
  return (
    <textarea
      {...ariaOf(props)}
      className="input"
      id={id}
      name={name}
      rows={typeof rows === 'number' ? rows : 3}
      disabled={disabled}
      placeholder={placeholder ? textOf(registry, placeholder) : undefined}
      value={typeof value === 'string' ? value : ''}
      onChange={(event) => onChange(event.target.value === '' ? undefined : event.target.value)}
    />
  );
}

/** Keeps what was typed: text that is no number stays in the field and in the data, and is told as an error. */
function NumberInput(props: TaskWidgetProps) {
  const { id, name, schema, disabled, placeholder, registry, onChange } = props;
  const value: unknown = props.value;
  const money = moneyOf(props.uiSchema ?? {});
  const shown = typeof value === 'number' ? (money ? amountForInput(value, money) : String(value)) : value;
  const [typed, setTyped] = useState<string>();
  const isTyped = typed !== undefined && answerOf(typed, money) === value;
  return (
    <input
      {...ariaOf(props)}
      className="input tnum"
      id={id}
      name={name}
      inputMode={typesOf([schema]).includes('integer') && !money?.isMinor ? 'numeric' : 'decimal'}
      disabled={disabled}
      placeholder={placeholder ? textOf(registry, placeholder) : undefined}
      autoComplete="off"
      value={isTyped ? typed : typeof shown === 'string' ? shown : ''}
      onChange={(event) => {
        setTyped(event.target.value);
        onChange(answerOf(event.target.value, money));
      }}
    />
  );
}

function answerOf(text: string, money: Money | undefined): number | string | undefined {
  const parse = money ? parseAmount(text, money) : parseNumber(text);
  return text.trim() === '' ? undefined : (parse ?? text);
}

function DateTimeInput(props: TaskWidgetProps) {
  const { id, name, disabled, onChange } = props;
  const value: unknown = props.value;
  const zone = useZone();
  const zoneId = `${id}__zone`;
  const aria = ariaOf(props);
  return (
    <>
      <input
        {...aria}
        aria-describedby={[aria['aria-describedby'], zoneId].filter(Boolean).join(' ')}
        className="input tnum"
        type="datetime-local"
        id={id}
        name={name}
        disabled={disabled}
        value={typeof value === 'string' ? toLocalInput(value, zone) : ''}
        onChange={(event) => onChange(event.target.value === '' ? undefined : toUtc(event.target.value, zone))}
      />
      <p className="help" id={zoneId}>
        Time zone: {zone.replaceAll('_', ' ')}
      </p>
    </>
  );
}

function Select(props: TaskWidgetProps) {
  const { id, name, disabled, placeholder, registry, onChange } = props;
  const value: unknown = props.value;
  const choices = choicesFor(props.schema);
  const index = choices.findIndex((choice) => sameJson(choice.value, value));
  return (
    <span className="select">
      <select
        {...ariaOf(props)}
        className="input"
        id={id}
        name={name}
        disabled={disabled}
        value={index === -1 ? '' : String(index)}
        onChange={(event) =>
          onChange(event.target.value === '' ? undefined : choices[Number(event.target.value)]?.value)
        }
      >
        <option value="">{placeholder ? textOf(registry, placeholder) : 'Choose one'}</option>
        {choices.map((choice, position) => (
          <option key={position} value={String(position)}>
            {textOf(registry, choice.title)}
          </option>
        ))}
      </select>
      <Icon name="down" />
    </span>
  );
}

function BranchSelect({ id, label, disabled, options, registry, onChange, ...props }: TaskWidgetProps) {
  const value: unknown = props.value;
  return (
    <div className="field">
      <label className="label" htmlFor={id}>
        {textOf(registry, label)}
      </label>
      <span className="select">
        <select
          className="input"
          id={id}
          disabled={disabled}
          value={typeof value === 'number' ? String(value) : ''}
          onChange={(event) => onChange(event.target.value === '' ? undefined : Number(event.target.value))}
        >
          {options.enumOptions?.map((option, position) => (
            <option key={position} value={String(position)}>
              {textOf(registry, option.label)}
            </option>
          ))}
        </select>
        <Icon name="down" />
      </span>
    </div>
  );
}

/** Nothing is chosen for the person; the group is named by the field's label. */
function RadioCards(props: TaskWidgetProps) {
  const { id, disabled, registry, onChange } = props;
  const value: unknown = props.value;
  const aria = ariaOf(props);
  return (
    <div {...aria} className="cards" role="radiogroup" id={id} aria-labelledby={labelId(id)}>
      {choicesFor(props.schema).map((choice, position) => {
        const helpOf = choice.description === undefined ? undefined : `${id}-${position}__help`;
        return (
          <label className="card" key={position}>
            <input
              type="radio"
              id={`${id}-${position}`}
              name={id}
              disabled={disabled}
              checked={sameJson(choice.value, value)}
              aria-describedby={helpOf}
              onChange={() => onChange(choice.value)}
            />
            <b>{textOf(registry, choice.title)}</b>
            {helpOf && (
              <span className="help" id={helpOf}>
                {textOf(registry, choice.description ?? '')}
              </span>
            )}
          </label>
        );
      })}
    </div>
  );
}

function CheckBoxes(props: TaskWidgetProps) {
  const { id, disabled, registry, onChange } = props;
  const value: unknown = props.value;
  const chosen: readonly unknown[] = Array.isArray(value) ? value : [];
  const choices = choicesFor(props.schema);
  const toggle = (choice: unknown, isOn: boolean) =>
    onChange(
      choices
        .map((candidate) => candidate.value)
        .filter((candidate) => (sameJson(candidate, choice) ? isOn : chosen.some((one) => sameJson(one, candidate)))),
    );
  return (
    <div
      className="boxes"
      role="group"
      id={id}
      aria-labelledby={labelId(id)}
      aria-describedby={describedBy(id, notesOf(props))}
    >
      {choices.map((choice, position) => (
        <label className="box" key={position}>
          <input
            className="check"
            type="checkbox"
            id={`${id}-${position}`}
            disabled={disabled}
            checked={chosen.some((one) => sameJson(one, choice.value))}
            onChange={(event) => toggle(choice.value, event.target.checked)}
          />
          {textOf(registry, choice.title)}
        </label>
      ))}
    </div>
  );
}

function CheckBox(props: TaskWidgetProps) {
  const { id, name, schema, uiSchema, disabled, registry, onChange } = props;
  const value: unknown = props.value;
  return (
    <label className="box">
      <input
        {...ariaOf(props)}
        className="check"
        type="checkbox"
        id={id}
        name={name}
        disabled={disabled}
        checked={value === true}
        onChange={(event) => onChange(event.target.checked)}
      />
      <span>{fieldLabel(registry, schema, uiSchema ?? {}, [name])}</span>
    </label>
  );
}
