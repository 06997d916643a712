import { describe, expect, it } from 'vitest';
import { noFaults } from '../simulation/faults';
import { simulate } from '../simulation/simulate';
import { asData, type Program } from './program';
import { judgeProgram } from './programScenario';
import { shrinkProgram } from './shrinkProgram';
import { simulateProgram } from './simulateProgram';

const programs = 100;
const minuteMs = 60_000;

describe('random workflows on the simulation', () => {
  it(
    'end as the reference says, whatever fails',
    async () => {
      const broken: string[] = [];
      let entries = 0;
      for (let seed = 1; seed <= programs; seed += 1) {
        const run = await simulateProgram(String(seed));
        entries += run.entries;
        for (const violation of run.violations) broken.push(`seed ${seed}: ${violation}`);
      }
      process.stdout.write(`random ${JSON.stringify({ runs: programs, entries, violations: broken.length })}\n`);
      expect(broken).toEqual([]);
    },
    2 * minuteMs,
  );

  it('act no more once their end is in the log, though a branch that an error left behind goes on', async () => {
    const program: Program = [
      {
        do: 'try',
        id: 't',
        body: [
          {
            do: 'parallel',
            id: 'p',
            branches: [
              [
                { do: 'wait', id: 'w1', names: ['Behind'], timeoutMs: null, late: [] },
                { do: 'act', id: 'a', action: 'book' },
              ],
              [
                { do: 'wait', id: 'w2', names: ['Throw'], timeoutMs: null, late: [] },
                { do: 'throw', id: 'x' },
              ],
            ],
          },
        ],
      },
    ];
    const together = ['Throw', 'Behind'].map((name) => ({ afterMs: 2_000, name, payload: { n: name } }));
    const booked: string[] = [];
    const { violations, ends } = await simulate({
      seed: '1',
      faults: noFaults,
      scenarios: [
        {
          workflow: 'program',
          startAfterMs: 0,
          data: { program: asData(program) },
          events: together,
          expected: {
            status: 'completed',
            result: () => null,
            judge: (ended) => {
              booked.push(...ended.booked);
              return judgeProgram(program, ended);
            },
          },
        },
      ],
    });
    expect(violations).toEqual([]);
    expect(ends).toEqual(['completed ["caught thrown by x"]']);
    expect(booked).toEqual([]);
  });
});

describe('shrinking a program', () => {
  it('leaves what the failure needs, and nothing else', async () => {
    const program: Program = [
      { do: 'state', id: 's1' },
      {
        do: 'loop',
        id: 'l2',
        times: 3,
        body: [
          { do: 'sleep', id: 's3', ms: 100 },
          { do: 'wait', id: 'w4', names: ['a', 'b'], timeoutMs: 100, late: [{ do: 'act', id: 'a5', action: 'book' }] },
        ],
      },
      { do: 'data', id: 'd6' },
    ];
    const needsSleepInLoop = async (candidate: Program) => /"loop".*"sleep"/.test(JSON.stringify(candidate));
    expect(await shrinkProgram(program, needsSleepInLoop)).toEqual([
      { do: 'loop', id: 'l2', times: 1, body: [{ do: 'sleep', id: 's3', ms: 100 }] },
    ]);
  });
});
