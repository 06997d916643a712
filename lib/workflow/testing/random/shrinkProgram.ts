/** Makes a failing program small: drops and unwraps steps for as long as what is left still fails. */
import type { Program, Step } from './program';

export async function shrinkProgram(
  program: Program,
  stillFails: (candidate: Program) => Promise<boolean>,
  maxTries = 400,
): Promise<Program> {
  let smallest = program;
  let tries = 0;
  for (let progress = true; progress && tries < maxTries;) {
    progress = false;
    for (const candidate of smallerThan(smallest)) {
      tries += 1;
      if (tries > maxTries) break;
      if (candidate.length === 0 || !(await stillFails(candidate))) continue;
      smallest = candidate;
      progress = true;
      break;
    }
  }
  return smallest;
}

/** Programs with one step less, or one step simpler; the biggest savings first. */
export function* smallerThan(program: Program): Generator<Program> {
  for (let size = Math.ceil(program.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at + size <= program.length; at += size) {
      yield [...program.slice(0, at), ...program.slice(at + size)];
    }
  }
  for (const [index, step] of program.entries()) {
    const put = (...steps: readonly Step[]): Program => [
      ...program.slice(0, index),
      ...steps,
      ...program.slice(index + 1),
    ];
    for (const simpler of simplerThan(step)) yield put(...simpler);
  }
}

function* simplerThan(step: Step): Generator<readonly Step[]> {
  switch (step.do) {
    case 'loop':
      if (step.times === 1) yield step.body;
      else yield [{ ...step, times: 1 }];
      for (const body of smallerThan(step.body)) yield [{ ...step, body }];
      return;
    case 'scope':
      yield step.body;
      for (const body of smallerThan(step.body)) yield [{ ...step, body }];
      return;
    case 'goOn':
      yield step.rest;
      for (const rest of smallerThan(step.rest)) yield [{ ...step, rest }];
      return;
    case 'match':
      if (step.timeoutMs !== null) yield [{ ...step, timeoutMs: null }];
      return;
    case 'duel':
      for (const actions of fewer(step.actions)) if (actions.length > 0) yield [{ ...step, actions }];
      return;
    case 'child':
    case 'try':
      for (const body of smallerThan(step.body)) yield [{ ...step, body }];
      return;
    case 'parallel':
      for (const branches of fewer(step.branches)) if (branches.length > 1) yield [{ ...step, branches }];
      for (const [index, branch] of step.branches.entries()) {
        for (const smaller of smallerThan(branch)) {
          yield [{ ...step, branches: step.branches.map((each, at) => (at === index ? smaller : each)) }];
        }
      }
      return;
    case 'wait':
      for (const late of smallerThan(step.late)) yield [{ ...step, late }];
      if (step.names.length > 1) yield [{ ...step, names: step.names.slice(0, 1) }];
      return;
    case 'race':
      for (const sleepsMs of fewer(step.sleepsMs)) if (sleepsMs.length > 0) yield [{ ...step, sleepsMs }];
      return;
    case 'task':
      if (step.work > 0) yield [{ ...step, work: 0 }];
      if (step.expiresInMs !== null) yield [{ ...step, expiresInMs: null }];
      if (step.timeoutMs !== null) yield [{ ...step, timeoutMs: null }];
      return;
    default:
      return;
  }
}

function* fewer<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let at = 0; at < items.length; at += 1) yield [...items.slice(0, at), ...items.slice(at + 1)];
}
