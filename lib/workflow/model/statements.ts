/**
 * Which SQL a database action may send. Its transaction belongs to the engine: it is committed with the result of the
 * action, and runs as the tenant's role. So statements that end a transaction, change the role or outlive the action are
 * refused before they are sent. What may begin a statement is listed; all else is not for actions.
 *
 * The database takes one command at a time from an action, so the first word is that of the whole.
 */
import { StatementRefusedError } from './errors';

const heads: ReadonlySet<string> = new Set(
  'select insert update delete merge with values table lock notify show explain'.split(' '),
);

/** Names by which SQL changes settings, the role among them, or has a text run as SQL. */
const hiddenWays: ReadonlySet<string> = new Set(
  (
    'set_config pg_settings query_to_xml query_to_xmlschema query_to_xml_and_xmlschema cursor_to_xml ' +
    'cursor_to_xmlschema ts_stat ts_rewrite'
  ).split(' '),
);

/** Locks that would stay with the connection, which others use next. */
const sessionLocks: ReadonlySet<string> = new Set(
  ['pg_advisory_lock', 'pg_try_advisory_lock'].flatMap((name) => [name, `${name}_shared`]),
);

/** Behind SET LOCAL. A name with a dot, such as `baton.tenant`, is none of an action's business either. */
const ownSettings: ReadonlySet<string> = new Set(['role', 'session', 'session_authorization', 'transaction', 'baton']);

/** Most statements come again and again. */
const allowed = new Set<string>();
const mostRemembered = 500;
const longestRemembered = 4_000;

/** @throws StatementRefusedError */
export function assertPlainStatement(sql: string): void {
  if (allowed.has(sql)) return;
  check(wordsOf(sql));
  if (sql.length > longestRemembered) return;
  if (allowed.size >= mostRemembered) allowed.clear();
  allowed.add(sql);
}

function check(tokens: readonly Token[]): void {
  const words = tokens.filter(({ kind, text }) => !(kind === 'sign' && text === '('));
  const [head, second, third] = words;
  // Nothing at all: the database does nothing.
  if (!head) return;
  if (head.kind !== 'word' || !isHead(head.text, second, third)) {
    const named = [head, ...(second?.kind === 'word' ? [second] : [])].map(({ text }) => text.toUpperCase()).join(' ');
    throw new StatementRefusedError(named);
  }
  tokens.forEach((token, at) => {
    const { kind, text } = token;
    if (kind === 'end' && at < tokens.length - 1) throw new StatementRefusedError('Several statements in one');
    if (kind === 'escaped') throw new StatementRefusedError('A name written with U&');
    if (kind === 'sign' || kind === 'end') return;
    if (hiddenWays.has(text)) throw new StatementRefusedError(text);
    if (sessionLocks.has(text))
      throw new StatementRefusedError(text, `Use ${text.replace('advisory_lock', 'advisory_xact_lock')}.`);
    if (kind === 'word' && text === 'into' && makesTable(tokens[at - 1]))
      throw new StatementRefusedError('SELECT INTO');
    // A reserved word: EXPLAIN ANALYZE makes such a table too.
    if (kind === 'word' && text === 'create' && head.text === 'explain')
      throw new StatementRefusedError('EXPLAIN CREATE');
  });
}

function isHead(head: string, second: Token | undefined, third: Token | undefined): boolean {
  if (heads.has(head)) return true;
  if (head !== 'set' || second?.kind !== 'word') return false;
  if (second.text === 'constraints') return true;
  return second.text === 'local' && third?.kind === 'word' && !ownSettings.has(third.text);
}

/** A table made by SELECT INTO may be a temporary one, which stays with the connection and hides another one. */
function makesTable(before: Token | undefined): boolean {
  return !(before && ['insert', 'merge', 'as', '.'].includes(before.text));
}

interface Token {
  /** `name`: in quotes. `escaped`: in quotes with escapes of its own. `end`: a semicolon. */
  readonly kind: 'word' | 'name' | 'escaped' | 'sign' | 'end';
  /** Words in small letters, as the database reads them. */
  readonly text: string;
}

/**
 * What is between two words: white space, comments up to the end of a line, texts, numbers and parameters. A text with
 * escapes may go on in a later line, with escapes there too.
 */
const skipped =
  /\s+|--[^\n\r]*|e'(?:[^'\\]|\\[^]|''|'[ \t\f\v]*(?:--[^\n\r]*)?[\n\r](?:\s|--[^\n\r]*[\n\r])*')*'?|(?:[bnx]|u&)?'(?:[^']|'')*'?|\$?\d[\w.]*/iy;
const quoted = /(u&)?"((?:[^"]|"")*)"?/iy;
const dollar = /\$(?:[a-z_\u0080-\uffff][a-z_0-9\u0080-\uffff]*)?\$/iy;
const word = /[a-z_\u0080-\uffff][a-z_0-9$\u0080-\uffff]*/iy;

function wordsOf(sql: string): Token[] {
  const tokens: Token[] = [];
  const match = (pattern: RegExp, at: number): RegExpExecArray | null => {
    pattern.lastIndex = at;
    return pattern.exec(sql);
  };
  for (let at = 0; at < sql.length;) {
    let found = match(skipped, at);
    if (found) {
      at += found[0].length;
    } else if (sql.startsWith('/*', at)) {
      at = endOfComment(sql, at);
    } else if ((found = match(quoted, at))) {
      const [all, escapes, name = ''] = found;
      tokens.push({ kind: escapes ? 'escaped' : 'name', text: name.replaceAll('""', '"') });
      at += all.length;
    } else if ((found = match(dollar, at))) {
      const [tag] = found;
      const end = sql.indexOf(tag, at + tag.length);
      at = end < 0 ? sql.length : end + tag.length;
    } else if ((found = match(word, at))) {
      tokens.push({ kind: 'word', text: found[0].toLowerCase() });
      at += found[0].length;
    } else {
      const text = sql.charAt(at);
      tokens.push({ kind: text === ';' ? 'end' : 'sign', text });
      at += 1;
    }
  }
  return tokens;
}

/** Comments of this kind lie within each other. */
function endOfComment(sql: string, start: number): number {
  const edges = /\/\*|\*\//g;
  edges.lastIndex = start;
  let depth = 0;
  for (let edge = edges.exec(sql); edge; edge = edges.exec(sql)) {
    depth += edge[0] === '/*' ? 1 : -1;
    if (depth === 0) return edge.index + 2;
  }
  return sql.length;
}
