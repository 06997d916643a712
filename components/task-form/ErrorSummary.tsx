import { Icon } from '@/components/ui/icons';
import { useFocusOnceShown } from '@/components/ui/use-focus';
import type { FieldError } from '@/lib/forms/types';
import { fieldId, summaryTitle } from './errors';
import { focusableOf } from './focus';

/** Every error once more, on top, as links to their fields; and what is wrong with the answer as a whole. */
export function ErrorSummary({
  idPrefix,
  errors,
  message,
}: {
  readonly idPrefix: string;
  readonly errors: readonly FieldError[];
  readonly message: string | undefined;
}) {
  const listed = errors.filter(({ path }) => path !== '');
  const whole = [
    ...(message ? [message] : []),
    ...errors.filter(({ path }) => path === '').map((error) => error.message),
  ];
  const focusOnceShown = useFocusOnceShown();
  const titleId = `${idPrefix}__summary`;
  return (
    <div role="alert">
      {(listed.length > 0 || whole.length > 0) && (
        <div className="errsum" aria-labelledby={titleId} role="group" tabIndex={-1} id={`${idPrefix}__errors`}>
          <h2 id={titleId}>
            <Icon name="alert" />
            {listed.length > 0 ? summaryTitle(listed.length) : 'This was not sent'}
          </h2>
          {whole.map((text) => (
            <p key={text}>{text}</p>
          ))}
          {listed.length > 0 && (
            <ul>
              {listed.map(({ path, message: text }) => {
                const id = fieldId(idPrefix, path);
                return (
                  <li key={path}>
                    <a
                      href={`#${id}`}
                      onClick={(event) => {
                        event.preventDefault();
                        focusOnceShown(() => focusableOf(id), { isCentered: true });
                      }}
                    >
                      {text}
                    </a>
                  </li>
                );
              })}
            </ul>
          )}
        </div>
      )}
    </div>
  );
}
