import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseErrorPage, type Block } from './parseErrorPage';

/** Beside the product's sources, where it is started. */
const folder = path.join(process.cwd(), 'docs/errors');
/** Each status of an HTTP answer has its code, and all have one page. */
const pageOf = (code: string) => code.replace(/^http_\d{3}$/, 'http_status');
const fileOf = (code: string) => (/^[a-z_]{1,60}$/.test(pageOf(code)) ? path.join(folder, `${pageOf(code)}.md`) : null);

/** Whether an error's code is one of the product's, with a page of its own. */
export function hasErrorPage(code: string | null): code is string {
  const file = code === null ? null : fileOf(code);
  return file !== null && existsSync(file);
}

/** The page of an error's code, or null where there is none. */
export async function readErrorPage(code: string): Promise<readonly Block[] | null> {
  const file = fileOf(code);
  return file !== null && hasErrorPage(code) ? parseErrorPage(await readFile(file, 'utf8')) : null;
}
