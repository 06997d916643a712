/**
 * How a mail looks: the colours of the pages, written out, since mail programs know no variables. Light where a program
 * knows of one theme alone.
 */

/** @param parts texts as people wrote them; they are escaped here. */
export function mailHtml({ lead, title, due, link, why, settings }: MailParts): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><title>${escape(title)}</title>
<style>${dark}</style></head>
<body class="page" style="margin:0;padding:24px 12px;font:15px/1.6 'Inter','Helvetica Neue',Arial,sans-serif;color:#1a1f21;background:#f9f9f8">
<main style="max-width:560px;margin:0 auto">
<p style="margin:0 0 12px 2px;font-weight:600">Baton</p>
<div class="card" style="padding:24px;border:1px solid #e4e4e2;border-radius:12px;background:#ffffff">
<p class="soft" style="margin:0 0 4px;color:#474e51">${escape(lead)}</p>
<h1 style="margin:0;font-size:20px;line-height:1.35;font-weight:600">${escape(title)}</h1>
${due === null ? '' : `<p class="soft" style="margin:4px 0 0;color:#474e51">${escape(due)}</p>\n`}<p style="margin:20px 0 0"><a class="act" href="${escape(link)}" style="display:inline-block;padding:10px 18px;border-radius:8px;background:#00666f;color:#ffffff;text-decoration:none;font-weight:600">Open the task</a></p>
</div>
<p class="small" style="margin:16px 2px 0;font-size:13px;color:#5f6669">${escape(why)} <a class="link" href="${escape(settings)}" style="color:#005f6a">${escape(settings)}</a></p>
</main>
</body></html>
`;
}

export interface MailParts {
  /** What happened. */
  readonly lead: string;
  readonly title: string;
  /** By when; null: whenever. */
  readonly due: string | null;
  /** Address of the task. */
  readonly link: string;
  /** Why somebody gets it, before the address of their settings. */
  readonly why: string;
  readonly settings: string;
}

/** What is written at the elements themselves gives way to nothing else. */
const dark =
  '@media (prefers-color-scheme:dark){' +
  '.page{background:#0e1011!important;color:#efeeec!important}' +
  '.card{background:#151819!important;border-color:#282c2d!important}' +
  '.soft{color:#b6bcbc!important}.small{color:#969d9d!important}' +
  '.act{background:#70cccf!important;color:#021819!important}.link{color:#7dd5d8!important}}';

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escape(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? character);
}
