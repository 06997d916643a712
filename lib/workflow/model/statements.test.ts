import { describe, expect, it } from 'vitest';
import { assertPlainStatement } from './statements';

const refused = expect.objectContaining({ code: 'statement_refused' }) as Error;

describe('a statement of a database action', () => {
  it.each([
    'select 1',
    '  SELECT 1;',
    '(select 1) union all (select 2)',
    '-- COMMIT\nselect 1',
    '/* COMMIT; /* nested */ ROLLBACK */ select 1',
    "select 'COMMIT; RESET ROLE'",
    "select E'it\\'s; COMMIT' as a",
    "select 'it''s; COMMIT'",
    "select E'it'\n '\\'s; COMMIT' as a",
    "select 'it'\n '\\' as a",
    'select $$; COMMIT$$, $a$ $$; $a$',
    'select "a;b""c" from t',
    'insert into t (a) values ($1) returning *',
    'with x as (insert into t select 1 returning a) select * from x',
    'merge into t using s on t.a = s.a when matched then delete',
    'update "invoices" set "status" = $1 where "id" = $2',
    'delete from t',
    'values (1)',
    'table t',
    'set local lock_timeout = 100',
    'set constraints all deferred',
    'select 1 as into',
    'explain (analyze, verbose) select "create" from t',
    'select pg_advisory_xact_lock(1)',
    'select role, "session", commit_count from t',
    '',
    ' -- nothing',
  ])('is sent: %s', (sql) => {
    expect(() => assertPlainStatement(sql)).not.toThrow();
  });

  it.each([
    'COMMIT',
    'commit and chain',
    'end',
    'ROLLBACK',
    'abort',
    'rollback to savepoint a',
    'savepoint a',
    'release a',
    'begin',
    'start transaction',
    "prepare transaction 'x'",
    'prepare a as select 1',
    'execute a',
    'RESET ROLE',
    'reset all',
    'discard all',
    'SET ROLE postgres',
    'set local role postgres',
    'set session authorization postgres',
    'set local session authorization postgres',
    'set transaction isolation level serializable',
    'set local transaction isolation level serializable',
    'set local "role" = postgres',
    "set local baton.tenant = 'globex'",
    'set search_path = x',
    "do $$ begin execute 'reset role'; end $$",
    'call p()',
    'copy t to stdout',
    'listen x',
    'create temp table t (a int)',
    'select 1 into temp t',
    'explain analyze create temp table t as select 1',
    'EXPLAIN (ANALYZE) CREATE TEMP TABLE t AS SELECT 1',
    "select set_config('role', 'none', true)",
    "select pg_catalog.\"set_config\"('role', 'none', true)",
    "select SET_CONFIG ('role', 'none', true)",
    "select U&\"\\0073et_config\"('role', 'none', true)",
    "update pg_settings set setting = 'none' where name = 'role'",
    "select query_to_xml('select 1', true, true, '')",
    'select pg_advisory_lock(1)',
    '/* select 1 */ COMMIT',
    '/* /* */ select 1 */ COMMIT',
    '-- select 1\nCOMMIT',
    '-- select 1\rCOMMIT',
    '\ufeffCOMMIT',
    '(COMMIT)',
    'select 1; COMMIT',
    'select 1;; select 2',
    "select 'a'; commit",
    "select E'\\'; select 1'; COMMIT",
    "select E'a'\n'\\'', set_config('role', 'none', true), '\\'",
    "select E'a' -- and on\n -- and on\n'\\'', set_config('role', 'none', true), '\\'",
    'select $a$ $b$ $a$; COMMIT',
    ';COMMIT',
  ])('is refused: %s', (sql) => {
    expect(() => assertPlainStatement(sql)).toThrow(refused);
    // A second time as well: what is remembered is what was sent.
    expect(() => assertPlainStatement(sql)).toThrow(refused);
  });

  it('is looked through in a time that goes with its length', () => {
    const long = `select ${"'it''s', ".repeat(50_000)} 1 /*${' /* '.repeat(50_000)}`;
    expect(() => assertPlainStatement(long)).not.toThrow();
    expect(() => assertPlainStatement(`select ${"'it''s', ".repeat(50_000)} 1; COMMIT`)).toThrow(refused);
  });
});
