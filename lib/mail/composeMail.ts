/**
 * The words of a mail. It says what is asked, by when and who caused it, and leads to the task; what the task is about
 * stays behind the sign-in.
 */
import { mailHtml } from './mailHtml';
import type { OutgoingMail } from './outbox';

export interface ComposedMail {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** @param options.publicUrl where people reach the web server, without a slash at its end. */
export function composeMail(mail: OutgoingMail, { publicUrl }: { readonly publicUrl: string }): ComposedMail {
  const lead = leadOf(mail);
  const title = oneLine(mail.title);
  const link = `${publicUrl}/tasks/${mail.taskId}`;
  const settings = `${publicUrl}/settings`;
  const due = mail.dueAt === null ? null : `Due ${formatDue(mail.dueAt, mail.to.timeZone)}`;
  const why = `You get this because you are a member at ${new URL(publicUrl).host}. Choose which mails you get:`;
  const text = [
    lead,
    '',
    title,
    ...(due === null ? [] : [due]),
    '',
    `Open the task: ${link}`,
    '',
    '--',
    why,
    settings,
    '',
  ];
  return {
    subject: `${lead.replace(/[.:]$/, '')}: ${title}`,
    text: text.join('\n'),
    html: mailHtml({ lead, title, due, link, why, settings }),
  };
}

function leadOf({ kind, cause, actorName }: OutgoingMail): string {
  const who = actorName === null ? null : oneLine(actorName);
  if (kind === 'reminder') return 'This still waits for you.';
  if (kind === 'escalation') return 'This took too long and comes to you now.';
  if (kind === 'offer') return 'A new task for your role.';
  if (who === null) return 'A new task for you.';
  switch (cause) {
    case 'delegated':
      return `${who} asks for your help.`;
    case 'given_back':
      return `${who} gave it back to you.`;
    case 'forwarded':
      return `${who} handed it on to you.`;
    case 'question_returned':
      return 'Nobody can answer your question any more.';
    case 'info_requested':
      return `${who} has a question for you.`;
    default:
      return `${who} gave you a task.`;
  }
}

/** Titles and names are people's: without line ends, and without what turns text around. */
function oneLine(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]+/gu, ' ')
    .replaceAll(/ {2,}/g, ' ')
    .trim()
    .slice(0, 300);
}

/** `Tue 24 Nov 2026, 10:00 (Europe/Berlin)`; UTC where the person chose no zone. */
export function formatDue(at: Date, timeZone: string | null): string {
  const zone = timeZone ?? 'UTC';
  const written = new Intl.DateTimeFormat('en-GB', {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZone: zone,
  });
  const parts = Object.fromEntries(written.formatToParts(at).map(({ type, value }) => [type, value]));
  return `${parts.weekday} ${parts.day} ${parts.month} ${parts.year}, ${parts.hour}:${parts.minute} (${zone})`;
}
