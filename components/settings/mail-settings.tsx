'use client';
import { useId, useState } from 'react';
import type { Settings } from '@/lib/queries/settings';
import { ActProblem } from '@/components/ui/act-problem';
import type { ActionAnswer } from '@/components/ui/action-types';
import { Icon } from '@/components/ui/icons';
import { useAct, type ActFailure } from '@/components/ui/use-act';

type Mail = Settings['mails'][number];
type SetPreference = (input: { readonly kind: Mail['kind']; readonly isOn: boolean }) => Promise<ActionAnswer>;

/** Which mails somebody gets: one click each, kept at once. */
export function MailSettings({
  settings,
  setPreference,
  setTimeZone,
}: {
  readonly settings: Settings;
  readonly setPreference: SetPreference;
  readonly setTimeZone: (input: { readonly timeZone: string }) => Promise<ActionAnswer>;
}) {
  const [failure, setFailure] = useState<ActFailure | null>(null);
  const id = useId();
  const { act, pending } = useAct(setFailure);
  return (
    <section aria-labelledby={`${id}-mail`}>
      <h2 id={`${id}-mail`}>Mail</h2>
      <p className="soft">We write to {settings.email} when</p>
      <ActProblem text={failure?.text ?? null} />
      <ul className="prefs">
        {settings.mails.map((mail) => (
          <li key={mail.kind}>
            <Preference mail={mail} setPreference={setPreference} onFailure={setFailure} />
          </li>
        ))}
      </ul>
      <div className="field zone">
        <label className="label" htmlFor={`${id}-zone`}>
          Times in mails are of
        </label>
        <span className="select">
          <select
            className="input"
            id={`${id}-zone`}
            aria-describedby={`${id}-zone-help`}
            aria-busy={pending}
            value={settings.timeZone}
            onChange={(event) => {
              const timeZone = event.target.value;
              act(() => setTimeZone({ timeZone }), `Mails tell times of ${timeZone}`);
            }}
          >
            {settings.timeZones.map((zone) => (
              <option key={zone} value={zone}>
                {zone.replaceAll('_', ' ')}
              </option>
            ))}
          </select>
          <Icon name="down" />
        </span>
        <p className="help" id={`${id}-zone-help`}>
          Each time is followed by its zone. Pages use the zone of your browser.
        </p>
      </div>
    </section>
  );
}

function Preference({
  mail,
  setPreference,
  onFailure,
}: {
  readonly mail: Mail;
  readonly setPreference: SetPreference;
  readonly onFailure: (failure: ActFailure | null) => void;
}) {
  const { act, pending } = useAct(onFailure);
  const id = useId();
  const { kind, title, help, isOn } = mail;
  return (
    <>
      <span className="grow">
        <b id={id}>{title}</b>
        <span className="help" id={`${id}-help`}>
          {help}
        </span>
      </span>
      <button
        className="switch"
        type="button"
        role="switch"
        aria-checked={isOn}
        aria-labelledby={id}
        aria-describedby={`${id}-help`}
        aria-busy={pending}
        onClick={() =>
          act(() => setPreference({ kind, isOn: !isOn }), isOn ? 'You get no such mails' : 'You get these mails')
        }
      >
        <i />
        {isOn ? 'On' : 'Off'}
      </button>
    </>
  );
}
