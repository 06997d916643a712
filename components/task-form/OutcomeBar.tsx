'use client';
import type { ReactNode } from 'react';
import { tellBarHeight } from '@/components/ui/bar-height';
import { Icon } from '@/components/ui/icons';
import { KeyText } from '@/components/ui/key';
import { ariaKeys } from '@/components/ui/keyboard';
import { shownText } from '@/lib/forms/projection';
import type { FormTexts, Outcome } from '@/lib/forms/types';

export interface OutcomeBarProps {
  readonly idPrefix: string;
  readonly outcomes: readonly Outcome[];
  readonly texts: FormTexts;
  /** The outcome Ctrl or Cmd with Enter sends; undefined for a form with a single "Submit". */
  readonly primary: Outcome | undefined;
  /** The outcome on its way: null is the single "Submit". */
  readonly sending: Outcome | null | undefined;
  readonly disabled: boolean;
  /** The outcome that waits for a yes. */
  readonly confirming: Outcome | undefined;
  readonly status: string;
  readonly onPress: (outcome: Outcome | null) => void;
  readonly onConfirm: () => void;
  readonly onBack: () => void;
  readonly footerSlot?: ReactNode;
}

/** One button for each outcome, the primary one first, each with the key that does the same. */
export function OutcomeBar(props: OutcomeBarProps) {
  const {
    idPrefix,
    outcomes,
    texts,
    primary,
    sending,
    disabled,
    confirming,
    status,
    onPress,
    onConfirm,
    onBack,
    footerSlot,
  } = props;
  if (confirming) {
    return (
      <div className="bar" role="group" aria-label="Confirm" ref={tellBarHeight}>
        <p className="ask">{shownText(texts, confirming.confirm ?? '')}</p>
        <button className={buttonClass(confirming, true)} type="button" autoFocus onClick={onConfirm}>
          {shownText(texts, confirming.title)}
        </button>
        <button className="btn" type="button" onClick={onBack}>
          Back
          <KeyText name="Escape" />
        </button>
      </div>
    );
  }
  const ordered = primary ? [primary, ...outcomes.filter((outcome) => outcome !== primary)] : outcomes;
  return (
    <div className="bar" role="group" aria-label="Answer" ref={tellBarHeight}>
      {ordered.length === 0 && (
        <OutcomeButton
          title="Submit"
          className="btn btn-primary"
          keyName={primaryKey}
          isSending={sending === null}
          disabled={disabled}
          onPress={() => onPress(null)}
        />
      )}
      {ordered.map((outcome) => (
        <OutcomeButton
          key={outcome.value}
          id={outcomeButtonId(idPrefix, outcome)}
          title={shownText(texts, outcome.title)}
          className={buttonClass(outcome, outcome === primary)}
          keyName={outcome === primary ? primaryKey : outcome.key}
          isSending={sending?.value === outcome.value}
          disabled={disabled}
          onPress={() => onPress(outcome)}
        />
      ))}
      {footerSlot}
      <span className="saved" role="status">
        {status}
      </span>
    </div>
  );
}

/** Sends the first answer, also from within a field. */
export const primaryKey = 'Mod+Enter';

/** The id of an outcome's button. */
export function outcomeButtonId(idPrefix: string, outcome: Outcome): string {
  return `${idPrefix}__outcome_${outcome.value}`;
}

interface OutcomeButtonProps {
  readonly id?: string;
  readonly title: string;
  readonly className: string;
  readonly keyName: string | undefined;
  readonly isSending: boolean;
  readonly disabled: boolean;
  readonly onPress: () => void;
}

/** Stays focusable while it sends, so that the keyboard does not lose its place. */
function OutcomeButton({ id, title, className, keyName, isSending, disabled, onPress }: OutcomeButtonProps) {
  return (
    <button
      id={id}
      className={className}
      type="button"
      disabled={disabled}
      aria-busy={isSending || undefined}
      aria-keyshortcuts={keyName && ariaKeys(keyName)}
      onClick={onPress}
    >
      {isSending && <Icon name="retrying" />}
      {title}
      {keyName && <KeyText name={keyName.length === 1 ? keyName.toLowerCase() : keyName} />}
    </button>
  );
}

function buttonClass(outcome: Outcome, isPrimary: boolean): string {
  if (outcome.tone === 'danger') return 'btn btn-danger';
  return isPrimary ? 'btn btn-primary' : 'btn';
}
